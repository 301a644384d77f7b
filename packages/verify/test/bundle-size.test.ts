import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { measureBundle } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { bundleText } from './bundle.ts'
import { createWorkspace } from './workspace.ts'

const HERE = new URL('.', import.meta.url)
const SOURCE = JSON.stringify(join(import.meta.dirname, '../src/index.ts'))

it('a program that verifies a digest is below 60 kB, and has no zod in it', async () => {
  const { minifiedBytes, packages } = await measureBundle(`export { verifyDigest } from ${SOURCE}`, HERE)
  expect(packages).toEqual(['hash-wasm'])
  expect(minifiedBytes).toBeLessThan(60_000)
})

it('the root of @catalog/types has no dependency at run time', async () => {
  const { packages } = await measureBundle("export * from '@catalog/types'", HERE)
  expect(packages).toEqual([])
})

it.each(['esm', 'cjs'] as const)('a bundled CatalogError shows its own name, as %s', async (format) => {
  const text = `
    import { inspect } from 'node:util'
    import { CatalogError } from '@catalog/types'
    const error = new CatalogError('IO', 'no disk', { operation: 'read' })
    console.log(error instanceof CatalogError, CatalogError.name, inspect(error), error.stack)
  `
  const program = await bundleText(createWorkspace(), text, {
    format,
    alias: { '@catalog/types': join(import.meta.dirname, '../../types/src/index.ts') },
  })
  const output = execFileSync(process.execPath, [program], { encoding: 'utf8' })
  expect(output).toMatch(/^true CatalogError CatalogError: no disk\n/u)
  expect(output).not.toContain('_CatalogError')
})
