/**
 * How often something random is tried: `count` times in `pnpm test`, and as many times more as `CATALOG_RUNS` says.
 * At least once.
 */
export function scaleRuns(count: number): number {
  return Math.max(1, Math.round(count * Number(process.env['CATALOG_RUNS'] ?? 1)))
}

/** What random choices begin from: `SEED`, which the test commands set and print. The same seed, the same choices. */
export function seedOfRun(): number {
  return Number(process.env['SEED'] ?? Date.now() % 1_000_000)
}

/** Numbers from 0 to 1, without 1; the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
