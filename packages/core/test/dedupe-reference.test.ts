import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { CatalogError, type Evidence } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, plant, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const LATER = '2025-10-02T00:00:00.000Z'
const LEASE = { id: 'l', holder: 'h', node: 'node-1', at: LATER, until: LATER }

/** What is served of each model, by its bytes; undefined of one that is not. */
async function servedBy({ catalog, files }: TestCatalog, ids: readonly string[]): Promise<unknown> {
  const served = ids.map(async (id) => files.bytesOf((await catalog.resolve(id)).path))
  return (await Promise.allSettled(served)).map((each) =>
    each.status === 'fulfilled' ? each.value : undefined,
  )
}

describe('dedupe by reference', () => {
  it('makes models refer to one file, which is read once more and not touched', async () => {
    const opened = await openWith(['a', 'b', 'c', 'd'], [1, 1, 1, 2])
    const { catalog, files } = opened
    const before = files.readFingerprint(pathOf('a'))
    const plan = await catalog.upkeep.dedupe()
    expect(plan).toMatchObject({
      bytes: 2048,
      actions: [{ method: 'reference', ids: ['b'] }, { ids: ['c'] }],
    })
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ failed: [], skipped: [], freedBytes: 2048 })
    expect(files.read).toEqual([pathOf('a'), pathOf('a')])
    expect(files.readFingerprint(pathOf('a'))).toEqual(before)
    expect([files.has(pathOf('b')), files.has(pathOf('c'))]).toEqual([false, false])
    expect(await servedBy(opened, ['a', 'b', 'c'])).toEqual(Array(3).fill(sampleDigest(1)))
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    expect(await catalog.upkeep.apply(plan)).toEqual({ ...report, freedBytes: 0 })
    expect(await catalog.upkeep.dedupe()).toMatchObject({ findings: [], actions: [] })
    expect(files.read).toHaveLength(2)
  })

  it('takes the evidence of what was read, and says when', async () => {
    const { catalog, clock } = await openWith(['a', 'b'], [1, 1])
    const [a] = await catalog.list()
    clock.advance(1000)
    await catalog.verify('b')
    await catalog.upkeep.apply(await catalog.upkeep.dedupe())
    expect((await catalog.get('b'))?.evidence).toEqual(a?.evidence)
    expect(await catalog.get('b')).toMatchObject({ file: 'a.gguf', state: 'Active' })
  })

  it('moves every model that names the file', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    await catalog.register({ id: 'c', source: 'hf:org/model', digest: sampleDigest(1), file: 'b.gguf' })
    await catalog.verify('c')
    await catalog.upkeep.apply(await catalog.upkeep.dedupe())
    expect(files.has(pathOf('b'))).toBe(false)
    expect(await servedBy(opened, ['a', 'b', 'c'])).toEqual(Array(3).fill(sampleDigest(1)))
  })

  it('keeps the file of a multi-file model, and leaves a second one with a finding', async () => {
    const { catalog, files } = await openWith(['x'], [1])
    for (const id of ['m', 'n']) {
      files.put(`/models/${id}/0.bin`, sampleDigest(id === 'm' ? 7 : 8))
      files.put(`/models/${id}/1.bin`, sampleDigest(1))
      await catalog.register({ id, source: 'hf:org/model', files: [{ path: '0.bin' }, { path: '1.bin' }] })
      await catalog.verify(id)
    }
    const plan = await catalog.upkeep.dedupe()
    expect(plan.actions).toMatchObject([{ keep: { file: 'm/1.bin' }, replace: { file: 'x.gguf' } }])
    expect(plan.findings.map(({ text }) => text)).toEqual([
      'the same bytes as /models/m/1.bin, and left: it is one of the files of n',
      'the same bytes as /models/m/1.bin',
    ])
    await catalog.upkeep.apply(plan)
    expect(await catalog.get('x')).toMatchObject({ file: 'm/1.bin', digest: sampleDigest(1) })
    expect((await catalog.resolve('x')).path).toBe('/models/m/1.bin')
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('leaves a model that another machine has read, which may not have the other file', async () => {
    const { catalog, other } = await openWith(['a', 'b', 'c'], [1, 1, 1])
    for (const id of ['b', 'c']) {
      const { evidence = {} } = (await catalog.get(id)) ?? {}
      await edit(other, id, { evidence: { ...evidence, 'node-2': sampleEvidence(sampleDigest(1)) } })
    }
    const plan = await catalog.upkeep.dedupe()
    expect(plan.actions).toMatchObject([{ keep: { file: 'b.gguf' }, replace: { file: 'a.gguf' } }])
    expect(plan.findings[0]?.text).toBe(
      'the same bytes as /models/b.gguf, and left: c was read on volume node-2 too',
    )
  })

  it.each(['b', 'a'])('is refused for what is used since: %s', async (id) => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    await edit(other, id, { leases: [LEASE] })
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ skipped: [`${id} has a lease of h`] })
    expect(files.done).toEqual([])
  })

  it('is refused for a model that came to be used while the other file was read', async () => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    files.duringRead = () => edit(other, 'b', { leases: [LEASE] })
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ skipped: ['b has a lease of h'] })
    expect([files.done, (await catalog.get('b'))?.file]).toEqual([[], undefined])
  })

  it.each([
    ['the one that stays', 'a'],
    ['the one that goes', 'b'],
  ])('does nothing if %s is written while it is read, also if its mtime is the same', async (_, id) => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    const plan = await catalog.upkeep.dedupe()
    files.duringRead = () => files.overwriteUnseen(pathOf(id), sampleDigest(9))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
    files.duringRead = () => undefined
    expect(files.done).toEqual([])
    const right = id === 'a' ? [undefined, sampleDigest(1)] : [sampleDigest(1), undefined]
    expect(await servedBy(opened, ['a', 'b'])).toEqual(right)
  })

  it('keeps the other file if the one that stays is written once the change is durable', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files, store } = opened
    const plan = await catalog.upkeep.dedupe()
    store.beforeNextCommit(async () => files.overwriteUnseen(pathOf('a'), sampleDigest(9)))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
    expect(files.bytesOf(pathOf('b'))).toBe(sampleDigest(1))
    expect(await servedBy(opened, ['a', 'b'])).toEqual([undefined, undefined])
  })

  it('keeps the other file if the one that stays has other bytes once the change is durable, and rightly so', async () => {
    const { catalog, files, store, other } = await openWith(['a', 'b', 'c'], [1, 1, 9])
    const plan = await catalog.upkeep.dedupe()
    const read = (await catalog.get('c'))?.evidence?.['volume-1']
    store.beforeNextCommit(async () => {
      files.overwrite(pathOf('a'), sampleDigest(9))
      const { dev: _dev, ...fingerprint } = files.readFingerprint(pathOf('a'))
      const evidence = { 'volume-1': { ...read, fingerprint } as Evidence }
      await edit(other, 'a', { digest: sampleDigest(9), evidence })
    })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], failed: [{ code: 'ALREADY_EXISTS' }] })
    expect(files.bytesOf(pathOf('b'))).toBe(sampleDigest(1))
    expect((await catalog.resolve('a')).path).toBe(pathOf('a'))
  })

  it('keeps the other file if the one that stays is gone once the change is durable', async () => {
    const { catalog, files, store } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    store.beforeNextCommit(async () => files.delete(pathOf('a')))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}], failed: [] })
    expect(files.bytesOf(pathOf('b'))).toBe(sampleDigest(1))
  })

  it('keeps the file of a model that came to name it by the time that the change is durable', async () => {
    const { catalog, files, store, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    const named = sampleEntry({ id: 'c', digest: sampleDigest(1), file: 'b.gguf' })
    store.beforeNextCommit(() => plant(other, named))
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: [], skipped: ['/models/b.gguf is the file of c'] })
    expect(files.bytesOf(pathOf('b'))).toBe(sampleDigest(1))
  })

  it('leaves a model that was read on another volume too since', async () => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    const { evidence = {} } = (await catalog.get('b')) ?? {}
    await edit(other, 'b', { evidence: { ...evidence, 'node-2': sampleEvidence(sampleDigest(1)) } })
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({
      skipped: [expect.stringContaining('was read on volume node-2 too')],
    })
    expect([files.done, (await catalog.get('b'))?.file]).toEqual([[], undefined])
  })

  it('fails, and has it recorded, where the file that would stay is wrong by now', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    files.rot(pathOf('a'), sampleDigest(9))
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: [], failed: ['DIGEST_MISMATCH'] })
    expect((await catalog.list()).map(({ state }) => state)).toEqual(['Failed', 'Active'])
    expect(files.done).toEqual([])
  })

  it('is finished by the same plan after a crash that left the file', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    const plan = await catalog.upkeep.dedupe()
    const { removeFile } = files
    files.removeFile = () => Promise.reject(new CatalogError('IO', 'crashed', { operation: 'remove' }))
    await catalog.upkeep.apply(plan)
    files.removeFile = removeFile
    expect((await catalog.upkeep.doctor()).findings).toMatchObject([{ kind: 'orphan', path: pathOf('b') }])
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ skipped: [], freedBytes: 1024 })
    expect(files.has(pathOf('b'))).toBe(false)
    expect(await servedBy(opened, ['a', 'b'])).toEqual([sampleDigest(1), sampleDigest(1)])
  })

  it('leaves a file that no model names, unless it made it so', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    await catalog.remove('b')
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ skipped: ['/models/b.gguf is no longer the file of a model'] })
    expect(files.has(pathOf('b'))).toBe(true)
  })
})
