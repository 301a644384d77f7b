import { openCatalog } from 'model-catalog'
import { importBundle } from '../src/index.ts'

// Imports the bundle of its second argument into the root of its first, and stops for good in the middle of a copy.
const [, , root = '.', bundle = '.'] = process.argv
const catalog = await openCatalog({ root, create: true })
await importBundle(catalog, bundle, {
  forMs: 2000,
  onProgress({ doneBytes }) {
    if (doneBytes === 0) return
    process.stdout.write('copying\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
})
