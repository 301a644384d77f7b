import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { damageModel, sampleGguf, sampleSafetensors, sampleShards } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { createWorld, parseJson, type World } from './world.ts'

const WEIGHTS = sampleGguf('m')

const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

function writeShards(world: World, directory: string): void {
  for (const [name, bytes] of sampleShards('llama', { format: 'safetensors', count: 2 })) {
    world.write(`${directory}/${name}`, bytes)
  }
  world.write(`${directory}/.cache/lock`, '')
}

it.skipIf(lacks('sha256sum'))(
  'adds a directory as one model, by the digest that coreutils give for its list',
  async () => {
    const world = createWorld()
    writeShards(world, 'models/org/llama')
    const added = parseJson(await world.run('add', 'models/org/llama', '--id', 'org/llama', '--json'))
    const list = execFileSync('sh', ['-c', 'LC_ALL=C sha256sum *'], {
      cwd: join(world.root, 'org/llama'),
      encoding: 'utf8',
    })
    expect(added).toMatchObject({ state: 'Active', file: 'org/llama', digest: digestOf(list) })
    const resolved = await world.run('resolve', 'org/llama', '--files')
    expect(resolved.stdout).toBe(
      ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json']
        .map((name) => join(world.root, 'org/llama', `${name}\n`))
        .join(''),
    )
    expect((await world.run('resolve', 'org/llama')).stdout).toBe(`${join(world.root, 'org/llama')}\n`)
  },
)

it('registers the files of a list, and names the one that is missing', async () => {
  const world = createWorld()
  const [unet, vae] = [sampleSafetensors('unet'), sampleSafetensors('vae')]
  world.write('SHA256SUMS', `${digestOf(unet)}  unet.safetensors\n${digestOf(vae)}  vae/vae.safetensors\n`)
  const registered = await world.run('register', 'm', '--source', 'hf:org/m', '--manifest', 'SHA256SUMS')
  expect(registered.stdout).toBe(`m: registered, Pending; its files belong at ${join(world.root, 'm')}\n`)
  expect(parseJson(await world.run('show', 'm', '--json'))).toMatchObject({ digestOrigin: 'list' })
  world.write('models/m/unet.safetensors', unet)
  const missing = await world.run('verify', 'm')
  expect(missing).toMatchObject({ code: 14 })
  expect(missing.stderr).toContain(join(world.root, 'm/vae/vae.safetensors'))
  world.write('models/m/vae/vae.safetensors', damageModel(vae, 'flipped-bit'))
  expect(await world.run('verify', 'm')).toMatchObject({ code: 10 })
  const shown = await world.run('show', 'm')
  expect(shown.stdout).toContain('vae/vae.safetensors')
  const wrong = await world.run('register', 'n', '--source', 'hf:org/n', '--manifest', 'absent')
  expect(wrong).toMatchObject({ code: 14 })
})

it('resolves what may be served, and nothing else', async () => {
  const world = createWorld()
  const path = world.write('models/m.gguf', WEIGHTS)
  await world.run('register', 'm', '--source', 'hf:org/m', '--digest', digestOf(WEIGHTS))
  expect(await world.run('resolve', 'm')).toMatchObject({ code: 7, stdout: '' })
  await world.run('verify', 'm')
  expect(parseJson(await world.run('resolve', 'm', '--json'))).toEqual({
    id: 'm',
    digest: digestOf(WEIGHTS),
    path,
    paths: [path],
    loadPath: path,
    sizeBytes: WEIGHTS.length,
  })
  world.write('models/m.gguf', damageModel(WEIGHTS, 'flipped-bit'))
  expect(await world.run('resolve', 'm')).toMatchObject({ code: 12, stdout: '' })
  expect((await world.run('ls', '--state', 'Pending')).stdout).toContain('m ')
  rmSync(path)
  await world.run('update', 'm', '--tag', 'gone')
  expect(await world.run('resolve', 'm')).toMatchObject({ code: 7 })
})

it('updates what is said of a model', async () => {
  const world = createWorld()
  world.write('models/m.gguf', WEIGHTS)
  await world.run('add', 'models/m.gguf')
  const tagged = await world.run('update', 'm', '--name', 'Model M', '--tag', 'chat', '--reason', 'sorted')
  expect(tagged).toEqual({ code: 0, stdout: 'm: updated, Active\n', stderr: '' })
  const reset = await world.run('update', 'm', '--digest', digestOf(sampleGguf('other')), '--clear-tags')
  expect(reset.stdout).toBe('m: updated, Pending; verify it again\n')
  expect(parseJson(await world.run('show', 'm', '--json'))).not.toHaveProperty('tags')
  expect(await world.run('update', 'm')).toMatchObject({ code: 2 })
  expect(await world.run('update', 'm', '--name', 'x', '--if-revision', '1')).toMatchObject({ code: 6 })
  expect(await world.run('update', 'absent', '--name', 'x')).toMatchObject({ code: 4 })
})
