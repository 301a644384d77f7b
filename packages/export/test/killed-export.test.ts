import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importBundle } from '@catalog/import'
import { bundleProgram } from '@catalog/testkit/running'
import { openCatalog } from 'model-catalog'
import { expect, it, onTestFinished } from 'vitest'
import { exportBundle } from '../src/index.ts'
import { createExporting } from './exporting.ts'

function createLarge(byte: number): Buffer {
  return Buffer.alloc(4 * 1024 * 1024, byte)
}

it('an export that is killed in the middle of a copy leaves no model that looks whole, and the next one ends it', async () => {
  const { catalog, addActive, directory } = await createExporting()
  for (const [id, byte] of [
    ['robin', 0xb7],
    ['wren', 0xb8],
  ] as const) {
    await addActive({ id, source: 'hf:acme/model', file: `${id}.bin` }, createLarge(byte))
  }
  const bundle = join(directory, 'usb')
  const { node, path } = await bundleProgram(new URL('./export-program.ts', import.meta.url))
  const child = spawn(node, [path, join(directory, 'models'), bundle], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')

  expect(existsSync(join(bundle, 'UNFINISHED'))).toBe(true)
  expect(existsSync(join(bundle, 'files/wren/wren.bin'))).toBe(false)
  const away = await openCatalog({ root: join(directory, 'away'), create: true })
  onTestFinished(() => away.close())
  await expect(importBundle(away, bundle)).rejects.toMatchObject({ code: 'DAMAGED' })

  const { models } = await exportBundle(catalog, bundle)
  expect(models.map(({ id, copiedBytes }) => [id, copiedBytes])).toEqual([
    ['robin', 0],
    ['wren', createLarge(0).length],
  ])
  expect(readdirSync(bundle).sort()).toEqual(['SHA256SUMS', 'bundle.json', 'files'])
  expect(readdirSync(join(bundle, 'files/wren'))).toEqual(['wren.bin'])
  expect(readFileSync(join(bundle, 'files/wren/wren.bin'))).toEqual(createLarge(0xb8))
  expect((await importBundle(away, bundle)).results.map(({ outcome }) => outcome)).toEqual(['added', 'added'])
})
