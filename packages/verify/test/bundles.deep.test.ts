import { describe, it } from 'vitest'
import type { BundleOptions } from './bundle.ts'
import { expectBundledEngines } from './bundled-engines.ts'

type Way = readonly [name: string, options: Omit<BundleOptions, 'format'>]

const WAYS: readonly Way[] = [
  ['plain', {}],
  ['minified', { minify: true }],
  ['with names kept', { keepNames: true }],
  ['minified with names kept', { minify: true, keepNames: true }],
]

// Rollup and tsup take the modules of dependencies, esbuild for Node their CommonJS.
const SPLIT: readonly Way[] = [
  ...WAYS,
  ['of modules', { mainFields: ['module', 'main'] }],
  ['of modules, minified with names kept', { mainFields: ['module', 'main'], minify: true, keepNames: true }],
]

describe.each(['esm', 'cjs'] as const)('bundled by a consumer as %s', (format) => {
  it.each(WAYS)('%s, both engines digest and the program ends', async (_name, options) => {
    await expectBundledEngines({ ...options, format })
  })
})

describe('bundled by a consumer as split esm', () => {
  it.each(SPLIT)('%s, both engines digest and the program ends', async (_name, options) => {
    await expectBundledEngines({ ...options, format: 'esm', splitting: true })
  })
})
