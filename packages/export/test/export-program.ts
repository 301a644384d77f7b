import { openCatalog } from 'model-catalog'
import { exportBundle } from '../src/index.ts'

// Exports the catalog of its first argument into its second, and stops for good in the middle of the copy of a second model.
const [, , root = '.', bundle = '.'] = process.argv
const catalog = await openCatalog({ root })
await exportBundle(catalog, bundle, {
  onProgress({ doneModels, doneBytes, totalBytes }) {
    if (doneModels === 0 || doneBytes === totalBytes / 2) return
    process.stdout.write('copying\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  },
})
