import type { Random } from '../simulation/random.ts'

/** A place in a JSON value: what holds it, and under which key. */
interface Spot {
  readonly holder: object
  readonly key: string
}

const nest = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

/** Unexpected values, each made anew: it may be changed further. */
const VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 0.5,
  () => 7,
  () => 2 ** 31,
  () => 2 ** 52,
  () => 2 ** 53,
  () => 1e308,
  () => '',
  () => 'Archived',
  () => '../m',
  () => '\u0000\u202e',
  () => '\ud800',
  () => '0'.repeat(32),
  () => '2026-01-01T00:00:00.000Z',
  () => 'x'.repeat(5000),
  () => [],
  () => [null],
  () => ({}),
  () => JSON.parse('{"__proto__":{"id":"a"}}'),
  () => ({ length: 3 }),
  () => nest(60),
  () => nest(700),
]

const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  '5',
  '',
  'id',
  'state',
  'revision',
  'mended',
  'seal',
  'commits',
]

/** A copy of a JSON value, in which one thing, or a few, are not as expected. */
export function spoilJson(value: unknown, random: Random): unknown {
  // An object of its own, so that also the whole can be exchanged.
  const whole = JSON.parse(JSON.stringify({ value: value ?? null }))
  for (let change = 0; change === 0 || (change < 3 && random.chance(0.3)); change += 1) {
    spoilOnce(whole, random)
  }
  return whole.value
}

function spoilOnce(whole: object, random: Random): void {
  const spots = listSpots(whole)
  // All of it is gone.
  if (spots.length === 0) return
  const { holder, key } = random.pick(spots)
  const present: unknown = Reflect.get(holder, key)
  const way = random.below(8)
  if (way < 4) set(holder, key, random.pick(VALUES)())
  else if (way === 4) Reflect.deleteProperty(holder, key)
  else if (way === 5) set(holder, random.pick(KEYS), random.chance(0.5) ? present : random.pick(VALUES)())
  else if (way === 6 && Array.isArray(present)) present.push(...present)
  else if (typeof present === 'number') set(holder, key, present + random.pick([-1, 1, 2 ** 40]))
  else if (typeof present === 'string')
    set(holder, key, `${present}${random.pick(['x', ' ', '"', '\\', '/'])}`)
  else set(holder, key, random.pick(VALUES)())
}

function listSpots(whole: object): Spot[] {
  const spots: Spot[] = []
  const holders: object[] = [whole]
  for (let holder = holders.pop(); holder !== undefined && spots.length < 2000; holder = holders.pop()) {
    for (const [key, value] of Object.entries(holder)) {
      spots.push({ holder, key })
      if (typeof value === 'object' && value !== null) holders.push(value)
    }
  }
  return spots
}

/** Assignment would take a field called `__proto__` for the prototype. */
function set(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}
