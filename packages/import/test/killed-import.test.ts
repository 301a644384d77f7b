import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleProgram } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { importBundle } from '../src/index.ts'
import { createBundleWorld, manyFiles, oneFile, putManifest } from './bundles.ts'

const LARGE = Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(4 * 1024 * 1024, 0xb7)])
const PARTS = { 'a.bin': LARGE, 'b.bin': LARGE.subarray(1) }

it('an import that is killed in the middle of a copy leaves nothing that looks whole, and the next one ends it', async () => {
  const { catalog, bundle, directory, put, ...world } = await createBundleWorld()
  put('usb/files/robin/a.bin', PARTS['a.bin'])
  put('usb/files/robin/b.bin', PARTS['b.bin'])
  put('usb/files/wren/wren.gguf', LARGE)
  putManifest({ catalog, bundle, directory, put, ...world }, [
    manyFiles('robin', PARTS),
    oneFile('wren', LARGE),
  ])
  const { node, path } = await bundleProgram(new URL('./import-program.ts', import.meta.url))
  const child = spawn(node, [path, join(directory, 'models'), bundle], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')

  expect(await catalog.listByState('Active')).toEqual([])
  const names = readdirSync(join(directory, 'models'), { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => /^(?:robin|wren\.gguf)$/u.test(name))).toEqual([])
  const { results } = await importBundle(catalog, bundle)
  expect(results.map(({ entry }) => entry?.state)).toEqual(['Active', 'Active'])
  expect(readFileSync(join(directory, 'models/robin/b.bin'))).toEqual(PARTS['b.bin'])
  const left = readdirSync(join(directory, 'models'), { recursive: true, encoding: 'utf8' })
  expect(left.filter((name) => name.includes('.partial'))).toEqual([])
})
