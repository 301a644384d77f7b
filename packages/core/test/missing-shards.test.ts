import { sampleDigest } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

const SET = { name: 'm.gguf', present: ['m-1-of-2.gguf'], missing: ['m-2-of-2.gguf'], missingCount: 1 }
const diagnosis = [{ kind: 'missing-shards', text: expect.stringContaining('m-2-of-2.gguf is missing') }]
const SHARD = '/models/m/ix/a.safetensors'
const refusal = { code: 'NOT_A_MODEL', details: { diagnosis } }

/** A catalog with a model of one shard of two. */
async function openWithHalf(declared: object = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  opened.files.shards = [SET]
  await opened.catalog.register({ id: 'm', source: 'x', file: 'm-1-of-2.gguf', ...declared })
  opened.files.put('/models/m-1-of-2.gguf', sampleDigest(1))
  return opened
}

async function openWithIndex(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  const paths = ['ix/a.safetensors', 'ix/model.safetensors.index.json']
  const files = paths.map((path, index) => ({ path, digest: sampleDigest(index) }))
  await opened.catalog.register({ id: 'm', source: 'x', files })
  for (const { path, digest } of files) opened.files.put(`/models/m/${path}`, digest)
  opened.files.indexedShards.set(`/models/m/${paths[1]}`, ['a.safetensors', 'b.safetensors'])
  return opened
}

/** Verifies the model by the rules of a version that did not know such an index. */
async function verifyAsOlderVersion({
  catalog,
  files,
}: Pick<TestCatalog, 'catalog' | 'files'>): Promise<void> {
  const known = [...files.indexedShards]
  files.indexedShards.clear()
  expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  for (const [path, shards] of known) files.indexedShards.set(path, shards)
}

describe('a set of shards that is not whole', () => {
  it('makes the model Failed when it is verified, and nothing is read', async () => {
    const { catalog, files } = await openWithHalf()
    await expect(catalog.verify('m')).rejects.toMatchObject(refusal)
    expect(files.read).toEqual([])
    const failure = { reason: 'not-a-model', found: 'missing-shards', diagnosis }
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', digest: null, failure })
  })

  it('is refused outside the root too', async () => {
    const { catalog, files } = await openWithHalf()
    files.put('/else/m-1-of-2.gguf', sampleDigest(1))
    await expect(catalog.verify('m', '/else/m-1-of-2.gguf')).rejects.toMatchObject(refusal)
  })

  it('is one shard that its caller means if its digest is declared', async () => {
    const { catalog } = await openWithHalf({ digest: sampleDigest(1) })
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })

  it('is told by an index among the files, whatever is declared', async () => {
    const { catalog, files } = await openWithIndex()
    const text = 'of the shards of ix/model.safetensors.index.json, ix/b.safetensors is missing'
    const details = { diagnosis: [{ kind: 'missing-shards', text }] }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL', details })
    files.indexedShards.clear()
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })

  it('tells how many of its shards are missing', async () => {
    const { catalog, files } = await openWithHalf()
    files.shards = [{ ...SET, missingCount: 3 }]
    const notes = [{ kind: 'missing-shards', text: expect.stringMatching(/m-2-of-2\.gguf and 2 more/u) }]
    await expect(catalog.verify('m')).rejects.toMatchObject({ details: { diagnosis: notes } })
  })

  it('is looked for by the names of its files, below their directory alone', async () => {
    const { catalog, files } = await openWithIndex()
    files.indexedShards.clear()
    await catalog.register({ id: 'n', source: 'x', file: 'sub/dir/n-1-of-2.gguf' })
    files.put('/models/sub/dir/n-1-of-2.gguf', sampleDigest(1))
    const asked: unknown[] = []
    files.findShards = (names?: readonly string[]) => {
      asked.push(names)
      return [{ ...SET, missing: [], missingCount: 0 }]
    }
    for (const id of ['m', 'n']) expect(await catalog.verify(id)).toMatchObject({ state: 'Active' })
    expect(asked).toEqual([['ix/a.safetensors', 'ix/model.safetensors.index.json'], ['n-1-of-2.gguf']])
  })

  it('is refused when a download is finished, and its files stay where they are', async () => {
    const { catalog, files } = await openWithIndex()
    files.delete('/models/m/ix/a.safetensors')
    await catalog.downloads.begin('m')
    files.put('/models/m/ix/a.safetensors.partial', sampleDigest(0))
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    expect(files.has('/models/m/ix/a.safetensors.partial')).toBe(true)
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({ state: 'Failed', failure: { found: 'missing-shards' } })
    expect(entry).not.toHaveProperty('quarantine')
  })

  it('is refused when a download is finished, though an older version has verified the files at their names', async () => {
    const { catalog, files } = await openWithIndex()
    await catalog.downloads.begin('m')
    await verifyAsOlderVersion({ catalog, files })
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', failure: { found: 'missing-shards' } })
  })

  it('takes nothing from a model whose files came to their names and were verified while it was looked at', async () => {
    const { catalog, files } = await openWithIndex()
    files.delete(SHARD)
    await catalog.downloads.begin('m')
    files.put(`${SHARD}.partial`, sampleDigest(0))
    files.syncFile = async () => {
      if (files.has(SHARD)) return
      files.put(SHARD, sampleDigest(0))
      await verifyAsOlderVersion({ catalog, files })
    }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({ state: 'Active', evidence: { 'volume-1': { outcome: 'match' } } })
    expect(entry).not.toHaveProperty('download')
  })

  it('is refused by an audit and when a plan is applied', async () => {
    const { catalog, files } = await openWithHalf()
    files.shards = []
    await catalog.verify('m')
    files.shards = [SET]
    files.put('/models/m-1-of-2.gguf', sampleDigest(1))
    const { failed } = await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect(failed).toMatchObject([{ code: 'NOT_A_MODEL' }])
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed' })
  })
})

describe('the file that a runtime loads', () => {
  it('is the one file of a model', async () => {
    const { catalog } = await openWithHalf({ digest: sampleDigest(1) })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({ loadPath: '/models/m-1-of-2.gguf' })
  })

  it('is the first shard of a set, and there is none of two sets or of no set', async () => {
    const { catalog, files } = await openTestCatalog()
    const parts = ['config.json', 'm-1-of-2.gguf', 'm-2-of-2.gguf'].map((path) => ({ path }))
    await catalog.register({ id: 'm', source: 'x', files: parts })
    for (const { path } of parts) files.put(`/models/m/${path}`, sampleDigest(1))
    await catalog.verify('m')
    expect(await catalog.resolve('m')).not.toHaveProperty('loadPath')
    const present = ['/models/m/m-1-of-2.gguf', '/models/m/m-2-of-2.gguf']
    const set = { name: '/models/m/m.gguf', present, missing: [], missingCount: 0 }
    files.shards = [set]
    expect(await catalog.resolve('m')).toMatchObject({ path: '/models/m', loadPath: present[0] })
    files.shards = [set, { ...set, name: 'other' }]
    expect(await catalog.resolve('m')).not.toHaveProperty('loadPath')
  })
})
