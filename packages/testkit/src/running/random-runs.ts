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
