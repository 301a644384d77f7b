import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lacks, realFile } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { checkShards } from '../src/index.ts'
import { createWorkspace } from './workspace.ts'

const INDEX = 'model.safetensors.index.json'
const SHARDS = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const

function writeFiles(files: Readonly<Record<string, string>>): string {
  const root = createWorkspace()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

function indexOf(shards: readonly string[], totalBytes = 10): string {
  const weightMap = Object.fromEntries(shards.map((shard, index) => [`tensor.${index}`, shard]))
  return JSON.stringify({ metadata: { total_size: totalBytes }, weight_map: weightMap })
}

function createModel(): string {
  return writeFiles({
    [SHARDS[0]]: '12345',
    [SHARDS[1]]: '12345',
    [INDEX]: indexOf(SHARDS),
    'config.json': '{}',
  })
}

describe('a directory', () => {
  it('with all shards of its index is complete', async () => {
    expect(await checkShards(createModel())).toEqual({
      outcome: 'complete',
      sets: [{ name: 'model.safetensors', totals: [2], paths: SHARDS, problems: [] }],
      indexes: [{ path: INDEX, shards: SHARDS, problems: [] }],
    })
  })

  it('with sets below it is complete, the shards being named from their index', async () => {
    const root = writeFiles({
      'unet/m-00001-of-00001.safetensors': '12345',
      'unet/m.safetensors.index.json': indexOf(['m-00001-of-00001.safetensors'], 5),
    })
    const check = await checkShards(root)
    expect(check).toMatchObject({
      outcome: 'complete',
      indexes: [{ shards: ['unet/m-00001-of-00001.safetensors'] }],
    })
  })

  it('without any has no shards', async () => {
    const root = writeFiles({ 'model.gguf': '' })
    expect(await checkShards(root)).toEqual({ outcome: 'no-shards', sets: [], indexes: [] })
  })

  it('with a shard missing says so by its name and by its index', async () => {
    const root = createModel()
    rmSync(join(root, SHARDS[1]))
    const problem = { kind: 'missing-shards', paths: [SHARDS[1]], count: 1 }
    expect(await checkShards(root)).toMatchObject({
      outcome: 'incomplete',
      sets: [{ problems: [problem] }],
      indexes: [{ problems: [problem] }],
    })
  })

  it('with an index alone misses what that names, numbered or not', async () => {
    const root = writeFiles({ [INDEX]: indexOf(['first.safetensors', 'sub/second.safetensors']) })
    const paths = ['first.safetensors', 'sub/second.safetensors']
    const problems = [{ kind: 'missing-shards', paths, count: 2 }]
    expect(await checkShards(root)).toMatchObject({ outcome: 'incomplete', indexes: [{ problems }] })
  })

  it('whose shards have fewer bytes than their tensors is incomplete', async () => {
    const root = createModel()
    truncateSync(join(root, SHARDS[0]), 4)
    const problems = [{ kind: 'total-size', expectedBytes: 10, foundBytes: 9 }]
    expect(await checkShards(root)).toMatchObject({ outcome: 'incomplete', indexes: [{ problems }] })
  })
})

describe('an index that cannot be believed is named', () => {
  it.each([
    ['no JSON', 'root:x:0:0'],
    ['a path out of the root', indexOf(['../outside'])],
    ['an absolute path', indexOf(['/etc/passwd'])],
    ['a deep one', '['.repeat(1e6)],
  ])('%s', async (_name, content) => {
    const check = await checkShards(writeFiles({ [INDEX]: content }))
    expect(check).toMatchObject({
      outcome: 'incomplete',
      indexes: [{ path: INDEX, shards: [], problems: [{ kind: 'bad-index' }] }],
    })
  })

  it('a huge one, without reading it', async () => {
    const root = writeFiles({ [INDEX]: '' })
    truncateSync(join(root, INDEX), 400e9)
    const problems = [{ kind: 'bad-index', problem: expect.stringContaining('more than') }]
    expect(await checkShards(root)).toMatchObject({ indexes: [{ problems }] })
  })
})

describe('what is not a regular file', () => {
  it.each<[string, (path: string) => void, string]>([
    ['fifo', (path) => execFileSync('mkfifo', [path]), 'fifo'],
    ['link', (path) => symlinkSync('config.json', path), 'symbolic link'],
    ['link to nowhere', (path) => symlinkSync('nowhere', path), 'symbolic link'],
  ])('is named as a shard and as an index: %s', async (_name, make, fileKind) => {
    const root = createModel()
    for (const path of [SHARDS[1], INDEX]) {
      rmSync(join(root, path))
      make(join(root, path))
    }
    expect(await checkShards(root)).toMatchObject({
      sets: [{ problems: [{ kind: 'not-regular', path: SHARDS[1], fileKind }] }],
      indexes: [{ problems: [{ kind: 'not-regular', path: INDEX, fileKind }] }],
    })
  })

  it('is named where an index names it', async () => {
    const root = writeFiles({ [INDEX]: indexOf(['first', 'second'], 0), first: '' })
    mkdirSync(join(root, 'second'))
    const problems = [{ kind: 'not-regular', path: 'second', fileKind: 'directory' }]
    expect(await checkShards(root)).toMatchObject({ indexes: [{ problems }] })
  })

  it('may be a link to one where that is allowed, as in a cache of blobs', async () => {
    const blobs = createModel()
    const root = createWorkspace()
    for (const path of [...SHARDS, INDEX]) symlinkSync(join(blobs, path), join(root, path))
    expect(await checkShards(root, { followSymlink: true })).toMatchObject({ outcome: 'complete' })
    rmSync(join(blobs, SHARDS[0]))
    expect(await checkShards(root, { followSymlink: true })).toMatchObject({
      sets: [{ problems: [{ kind: 'not-regular', path: SHARDS[0] }] }],
      indexes: [{ problems: [{ kind: 'not-regular', path: SHARDS[0] }] }],
    })
  })

  it('is not walked where it is a link to a directory', async () => {
    const root = createModel()
    symlinkSync('.', join(root, 'self'))
    expect(await checkShards(root)).toMatchObject({
      outcome: 'complete',
      sets: [{ name: 'model.safetensors' }],
    })
  })
})

describe('refused', () => {
  it('no directory, a file, an aborted signal', async () => {
    const root = createModel()
    await expect(checkShards('/missing')).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(checkShards(join(root, INDEX))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(checkShards(root, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    const controller = new AbortController()
    const checking = checkShards(root, { signal: controller.signal })
    controller.abort('not wanted')
    await expect(checking).rejects.toBe('not wanted')
  })
})

it.skipIf(lacks('shared-data'))('a real file as a set of one is complete', async () => {
  const root = writeFiles({ [INDEX]: indexOf(['model-00001-of-00001.safetensors'], 13_248) })
  copyFileSync(realFile('candle-jfk-codes.safetensors'), join(root, 'model-00001-of-00001.safetensors'))
  expect(await checkShards(root)).toMatchObject({ outcome: 'complete' })
})
