import { openCatalog } from 'model-catalog'
import { expect, it } from 'vitest'
import { modelPageSchema } from '../src/schemas/answers.ts'
import { MODELS, useService } from './world.ts'

const COUNT = 250
const service = await useService()
await using catalog = await openCatalog({ root: service.root })
const IDS = Array.from({ length: COUNT }, (_, index) => `org/m-${String(index).padStart(3, '0')}`)
await Promise.all(
  IDS.map((id, index) =>
    catalog.register({
      id,
      source: `hf:${id}`,
      name: `Model ${index % 7}`,
      sizeBytes: index,
      tags: index % 2 === 0 ? ['even', 'all'] : ['all'],
    }),
  ),
)
await catalog.setState('org/m-007', 'Retired')

async function list(query: string): Promise<readonly string[]> {
  const { status, body } = await service.send('GET', `${MODELS}?${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return modelPageSchema.parse(body).models.map(({ id }) => id)
}

it.each(['id', '-id', 'name', '-name', 'size', '-registeredAt', 'verifiedAt'])(
  'pages over 250 models by %s give each of them once',
  async (order) => {
    const found: string[] = []
    let after: string | undefined = ''
    while (after !== undefined) {
      const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`
      const { body } = await service.send('GET', `${MODELS}?limit=60&order=${order}${cursor}`)
      found.push(...body.models.map(({ id }: { id: string }) => id))
      after = body.next
    }
    expect(found).toHaveLength(COUNT)
    expect([...found].sort()).toEqual(IDS)
  },
)

it('a page has 100 models unless its limit says otherwise, and 1000 at most', async () => {
  expect(await list('')).toHaveLength(100)
  expect(await list('limit=1000')).toHaveLength(COUNT)
  for (const limit of ['0', '1001', '-1', '1e3', '', 'x', '10&limit=10'])
    expect((await service.send('GET', `${MODELS}?limit=${limit}`)).status, limit).toBe(400)
})

it.each([
  ['state=Retired', 1],
  ['state=Retired&state=Pending', 250],
  ['tag=even', 125],
  ['tag=even&tag=all', 125],
  ['name=Model%203', 36],
  ['source=https://huggingface.co/org/m-001', 1],
  ['text=M-00', 10],
  ['minSizeBytes=10&maxSizeBytes=19', 10],
  ['registeredFrom=2000-01-01', 250],
  ['registeredTo=2000-01-01', 0],
  ['verifiedFrom=2000-01-01', 0],
  [`digest=${'a'.repeat(64)}`, 0],
])('the filter %s finds %i models', async (query, count) => {
  expect(await list(`${query}&limit=1000`)).toHaveLength(count)
})

it.each([
  'state=active',
  'stat=Active',
  'digest=x',
  'location=/etc',
  'file=a.gguf',
  'minSizeBytes=9&maxSizeBytes=1',
  'registeredFrom=yesterday',
  'order=digest',
  'name=a&name=b',
  'after=',
  'after=%00',
  'after=..%2f',
  'after=!!!',
  'order=name&after=org/m-001',
  'order=name&after=bm90IGpzb24',
  'order=size&after=WyJuYW1lIixudWxsLCJhIl0',
])('the query %s is refused with 400', async (query) => {
  const { status, body } = await service.send('GET', `${MODELS}?${query}`)
  expect([status, body.code]).toEqual([400, 'INVALID_INPUT'])
  expect(body.problems.length).toBeGreaterThan(0)
})
