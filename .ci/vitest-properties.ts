// Every property begins from the seed of the run, so that a run without a SEED of its own never needs luck.
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env['SEED']) })
