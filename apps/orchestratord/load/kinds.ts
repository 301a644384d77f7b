/** One request of a kind, by its number. */
export interface Kind {
  readonly name: string
  readonly toRequest: (number: number) => {
    readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
    readonly path: string
    readonly body?: object
    readonly ifMatch?: string
  }
  readonly expected: number
}

const MODELS = '/v2/catalog/models'
const DIGEST = 'a'.repeat(64)

/** How many models are there before the first request. */
const SEEDED = 1000

function bodyOf(id: string): object {
  return { id, source: `hf:${id}`, digest: DIGEST, tags: ['chat', 'load'], sizeBytes: 4_000_000_000 }
}

const seeded = (number: number): string => `${MODELS}/seed%2Fm-${number % SEEDED}`
const removed = (number: number): string => `removed/m-${number}`

export const KINDS: readonly Kind[] = [
  {
    name: 'POST',
    toRequest: (number) => ({ method: 'POST', path: MODELS, body: bodyOf(`new/m-${number}`) }),
    expected: 201,
  },
  {
    name: 'POST again',
    toRequest: (number) => ({ method: 'POST', path: MODELS, body: bodyOf(`again/m-${number % 10}`) }),
    expected: 200,
  },
  { name: 'GET one', toRequest: (number) => ({ method: 'GET', path: seeded(number) }), expected: 200 },
  {
    name: 'GET list',
    toRequest: (number) => ({
      method: 'GET',
      path: `${MODELS}?limit=20&tag=load&after=seed/m-${number % SEEDED}`,
    }),
    expected: 200,
  },
  {
    name: 'GET history',
    toRequest: (number) => ({ method: 'GET', path: `${seeded(number)}/history` }),
    expected: 200,
  },
  {
    name: 'PATCH',
    toRequest: (number) => ({
      method: 'PATCH',
      path: seeded(number),
      body: { name: `name ${number}` },
      ifMatch: '*',
    }),
    expected: 200,
  },
  {
    name: 'DELETE',
    toRequest: (number) => ({
      method: 'DELETE',
      path: `${MODELS}/${encodeURIComponent(removed(number))}`,
      ifMatch: '*',
    }),
    expected: 204,
  },
]

/** What must be there for the requests to succeed, where so many of each kind are sent. */
export function seedsOf(count: number): readonly object[] {
  const ids = [
    ...Array.from({ length: SEEDED }, (_, number) => `seed/m-${number}`),
    ...Array.from({ length: 10 }, (_, number) => `again/m-${number}`),
    ...Array.from({ length: count }, (_, number) => removed(number)),
  ]
  return ids.map(bodyOf)
}
