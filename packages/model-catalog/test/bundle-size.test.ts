import { join } from 'node:path'
import { measureBundle } from '@catalog/testkit/running'
import { expect, it } from 'vitest'

const SOURCE = JSON.stringify(join(import.meta.dirname, '../src/index.ts'))

it('a program that opens a catalog is below 480 kB, and has only zod and hash-wasm in it', async () => {
  const here = new URL('.', import.meta.url)
  const text = `export { openCatalog } from ${SOURCE}`
  const { minifiedBytes, packages } = await measureBundle(text, here, ['@catalog/store-postgres'])
  expect(packages).toEqual(['hash-wasm', 'zod'])
  expect(minifiedBytes).toBeLessThan(480_000)
})
