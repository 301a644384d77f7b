import { describe, it } from 'vitest'
import type { BundleOptions } from './bundle.ts'
import { expectBundledEngines } from './bundled-engines.ts'

// All other combinations are in bundles.deep.test.ts.
const WAYS: readonly (readonly [name: string, options: BundleOptions])[] = [
  ['ESM, split, minified with names kept', { format: 'esm', splitting: true, minify: true, keepNames: true }],
  ['CommonJS, minified with names kept', { format: 'cjs', minify: true, keepNames: true }],
]

describe('bundled by a consumer', () => {
  it.each(WAYS)('as %s, both engines digest and the program ends', async (_name, options) => {
    await expectBundledEngines(options)
  })
})
