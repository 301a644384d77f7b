import { isDeepStrictEqual } from 'node:util'
import { type ByteCatalog, buildCatalogs } from './catalogs.ts'
import { type Damage, type DamageChoice, inventDamages } from './damages.ts'
import { type Expectation, PromisesOfCatalog } from './expected-sight.ts'
import { lookAtCatalog, type PlacedSight } from './look-at-catalog.ts'

/** How many damages came out how. */
export interface DamageTotals {
  readonly outcomes: Readonly<Record<string, number>>
  readonly broken: readonly string[]
}

/** Damages the bytes of every kind of catalog, and compares what the store says with its promises. */
export async function judgeDamages(choice: DamageChoice): Promise<DamageTotals> {
  const outcomes: Record<string, number> = {}
  const broken: string[] = []
  for (const catalog of await buildCatalogs()) {
    const promises = new PromisesOfCatalog(catalog.files)
    for (const damage of inventDamages(catalog.files, choice)) {
      const { outcome, problem } = await judgeDamage(catalog, promises, damage)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      if (problem !== undefined) broken.push(problem)
    }
  }
  return { outcomes, broken }
}

async function judgeDamage(
  { name, files }: ByteCatalog,
  promises: PromisesOfCatalog,
  damage: Damage,
): Promise<{ outcome: string; problem?: string }> {
  const expected = promises.expect(damage)
  const found = await lookAtCatalog(new Map(files).set(damage.path, damage.bytes))
  const { place, ...sight } = found
  const what = `${name}, ${damage.path}, byte ${damage.offset} ${damage.kind}`
  if (expected === undefined) {
    const outcome = promises.nameViewOutcome(sight)
    return outcome === undefined
      ? { outcome: 'broken', problem: `${what}: ${JSON.stringify(sight)}` }
      : { outcome }
  }
  if (isDeepStrictEqual(sight, expected.sight) && isSensible(damage, found, expected)) return expected
  return { outcome: 'broken', problem: `${what}: ${JSON.stringify({ found, expected })}` }
}

/** The place that is told has the byte in it, and just as many records before it as are certain. */
function isSensible({ path, offset }: Damage, { state, place }: PlacedSight, expected: Expectation): boolean {
  if (state !== 'DAMAGED') return place === undefined
  if (place?.path !== path) return false
  if (expected.place === undefined) return true
  const { offset: start = -1, length = 0, recordsBefore } = place
  const isFromThere = start === expected.place.offset && recordsBefore === expected.place.recordsBefore
  return isFromThere && start + length >= offset
}
