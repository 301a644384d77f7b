// Every property begins from the seed of the run, so that a run without a SEED of its own never needs luck.
import fc from 'fast-check'

const DEFAULT_RUNS = 100
const { SEED, CATALOG_RUNS } = process.env

fc.configureGlobal({
  seed: Number(SEED),
  numRuns: Math.max(1, Math.round(DEFAULT_RUNS * Number(CATALOG_RUNS))),
})
