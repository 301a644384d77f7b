import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lacks, realFile } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { createWorld } from './world.ts'

const model = realFile('ggml-vocab-gpt-2.gguf')
const digest = 'cedc56ca6e2e89f63e781696d1fd76b4b1d49e6720dee86463e915f6e90016ac'

it.skipIf(lacks('shared-data'))('adds, verifies, lists and shows a real GGUF file', async () => {
  const world = createWorld()
  const added = await world.run('add', model, '--id', 'gpt-2', '--digest', `sha256:${digest}`)
  expect(added.code).toBe(0)
  expect(added.stderr).toMatch(/^gpt-2: reading 1\.68 MiB\n(?:.*\n)*gpt-2: read 1\.68 MiB in .*\n$/u)
  expect((await world.run('verify', 'gpt-2')).stdout).toMatch(/^gpt-2: Active, 1\.68 MiB read in /u)
  expect((await world.run('ls')).stdout).toMatch(/^gpt-2 {2}Active {2}1\.68 MiB {2}/mu)
  expect((await world.run('show', 'gpt-2')).stdout).toMatch(/^size +1\.68 MiB \(1766807 bytes\)$/mu)
  expect((await world.run('digest', model)).stdout).toBe(`${digest}  ${model}\n`)
  const view = JSON.parse(readFileSync(join(world.root, 'catalog.json'), 'utf8'))
  expect(view.models).toMatchObject([{ id: 'gpt-2', digest, state: 'Active', location: model }])
})
