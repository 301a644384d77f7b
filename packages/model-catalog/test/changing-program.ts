// A program that changes a catalog in one way, and ends: a migration that calls it waits for it.
import { openCatalog } from '../src/index.ts'

const [, , what = '', number = '', root = '', store] = process.argv
await using catalog = await openCatalog({ root, store, create: false })
if (what === 'a model') await catalog.register({ id: `late-${number}`, source: 'hf:org/late' })
else await catalog.policy.set({ maxEvidenceAgeMs: 1000 + Number(number) })
