import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { CatalogError, type DedupeMethod } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, edit, openTestCatalog, plant, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf } from './upkeep-world.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]
const COPYING = ['hard-link', 'reflink'] as const
const METHODS: readonly DedupeMethod[] = ['reference', ...COPYING]
const WHO = { actor: 'ada', reason: 'weekly' }

/** Two equal models, each in a directory of its own. */
async function openInDirectories(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  for (const id of ['a', 'b']) {
    opened.files.put(`/models/${id}/x.gguf`, GOOD)
    await opened.catalog.register({ id, source: 'x', file: `${id}/x.gguf` })
    await opened.catalog.verify(id)
  }
  return opened
}

describe.each(METHODS)('sharing by %s', (method) => {
  it('is recorded with who did it and why, counts one reading, and reports how far that is', async () => {
    const { catalog } = await openWith(['a', 'b'], [1, 1])
    await catalog.register({ id: 'c', source: 'x', digest: GOOD, file: 'b.gguf' })
    await catalog.verify('c')
    const plan = await catalog.upkeep.dedupe({ method })
    const before = await catalog.history.totals()
    const progress: number[] = []
    const onProgress = ({ doneBytes }: { readonly doneBytes: number }) => progress.push(doneBytes)
    expect(await catalog.upkeep.apply(plan, { ...WHO, onProgress })).toMatchObject({ done: [{}] })
    for (const id of ['b', 'c']) {
      expect((await catalog.history.of(id)).at(-1)).toMatchObject({ ...WHO, operation: 'dedupe' })
    }
    expect(progress).toContain(1024)
    const { verifications } = await catalog.history.totals()
    const read = method === 'reference' ? 0 : 1
    expect(verifications.success - before.verifications.success).toBe(read)
  })

  it.each(['a', 'b'])('is skipped if the directory of %s cannot be listed by now', async (id) => {
    const { catalog, files } = await openInDirectories()
    const plan = await catalog.upkeep.dedupe({ method })
    files.unreadable = [{ path: `/models/${id}`, errno: 'EIO' }]
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(files.done).toEqual([])
  })

  it.each(['a', 'b'])('is skipped if %s is the file of no model by now', async (id) => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method })
    await dropEntry(other, id)
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}], failed: [] })
    expect(files.done).toEqual([])
  })

  it.each(['a', 'b'])('is skipped, unread, if %s is Retired, or means other bytes, by now', async (id) => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method })
    const skipped = { done: [], skipped: [{}], failed: [] }
    await edit(other, id, { digest: sampleDigest(3) })
    expect(await catalog.upkeep.apply(plan)).toMatchObject(skipped)
    await edit(other, id, { digest: GOOD, state: 'Retired' })
    files.touchMode(pathOf(id))
    expect(await catalog.upkeep.apply(plan)).toMatchObject(skipped)
    expect([files.done, files.read]).toEqual([[], []])
  })

  it.each(['a', 'b'])(
    'is skipped if a model names the file of %s by now that was not read here',
    async (id) => {
      const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
      const plan = await catalog.upkeep.dedupe({ method })
      const evidence = { 'volume-9': { ...sampleEvidence(GOOD), volume: 'volume-9' } }
      await plant(
        other,
        sampleEntry({ id: 'c', state: 'Active', digest: GOOD, file: `${id}.gguf`, evidence }),
      )
      expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
      expect([files.done, files.read]).toEqual([[], []])
    },
  )

  it('takes the file of a model of several files, and what was read of that one', async () => {
    const { catalog, files } = await openWith(['x'])
    const parts = ['0.bin', '1.bin', '2.bin']
    for (const [index, part] of parts.entries()) files.put(`/models/m/${part}`, sampleDigest(index))
    await catalog.register({ id: 'm', source: 'x', files: parts.map((path) => ({ path })) })
    await catalog.verify('m')
    const report = await catalog.upkeep.apply(await catalog.upkeep.dedupe({ method }))
    expect(outlineOf(report)).toMatchObject({ done: ['share-bytes'], skipped: [], failed: [] })
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    expect(files.bytesOf((await catalog.resolve('x')).path)).toBe(GOOD)
    expect(await catalog.resolve('m')).toMatchObject({ path: '/models/m' })
  })
})

describe('sharing by reference', () => {
  it.each<[string, (opened: TestCatalog) => Promise<unknown>]>([
    ['is Retired', async ({ other }) => edit(other, 'b', { state: 'Retired' })],
    ['means other bytes', async ({ other }) => edit(other, 'b', { digest: sampleDigest(3) })],
    ['has another file', async ({ files }) => files.overwriteUnseen(pathOf('b'), BAD)],
  ])('is skipped for a model that %s at the last moment', async (_, change) => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files, other } = opened
    const plan = await catalog.upkeep.dedupe()
    files.duringRead = async () => {
      await change(opened)
      await edit(other, 'b', { tags: ['changed'] })
    }
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect([files.has(pathOf('b')), (await catalog.get('b'))?.file]).toEqual([true, undefined])
  })

  it('is not done while a model still names the file, though that is gone', async () => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    await catalog.register({ id: 'c', source: 'x', digest: GOOD, file: 'b.gguf' })
    await catalog.verify('c')
    const plan = await catalog.upkeep.dedupe()
    await edit(other, 'b', { file: 'a.gguf' })
    files.delete(pathOf('b'))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it('is skipped if the file changed when it was to be removed', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    files.removeFile = async () => false
    const report = await catalog.upkeep.apply(await catalog.upkeep.dedupe())
    expect(report).toMatchObject({ done: [], skipped: [{}], freedBytes: 0 })
  })

  it('finishes what a kill left before the removal only if what was read of the other file still holds', async () => {
    const { catalog, files, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    await edit(other, 'b', { file: 'a.gguf' })
    await edit(other, 'a', { state: 'Retired' })
    await edit(other, 'b', { evidence: { 'volume-2': { ...sampleEvidence(GOOD), volume: 'volume-2' } } })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(files.has(pathOf('b'))).toBe(true)
    await edit(other, 'a', { state: 'Active' })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], skipped: [], freedBytes: 1024 })
  })
})

describe('sharing by a link or a copy', () => {
  it.each(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EMLINK', 'EIO', undefined])(
    'says of %s whether the file system cannot do it at all',
    async (errno) => {
      const { catalog, files } = await openWith(['a', 'b'], [1, 1])
      const error = new CatalogError('IO', 'refused', { operation: 'replace', ...(errno && { errno }) })
      files.replaceByCopy = () => Promise.reject(error)
      const { failed } = await catalog.upkeep.apply(await catalog.upkeep.dedupe({ method: 'hard-link' }))
      const isUnsupported = errno !== 'EIO' && errno !== undefined
      expect(failed.map(({ text }) => text !== 'refused')).toEqual([isUnsupported])
    },
  )

  it.each(COPYING)('frees nothing by %s if the replaced file gets another name meanwhile', async (method) => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    files.afterReplaceStep = async (step) => {
      if (step !== 'ended') return
      const found = (await files.listFiles()).files.find(({ path }) => path.endsWith('.replaced'))
      if (found !== undefined) files.link(found.path, '/models/name.bin')
    }
    const report = await catalog.upkeep.apply(await catalog.upkeep.dedupe({ method }))
    expect(outlineOf(report)).toMatchObject({ done: ['share-bytes'], freedBytes: 0 })
    expect(files.bytesOf('/models/name.bin')).toBe(GOOD)
  })

  it('is skipped if the file changed when it was to be replaced', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    files.replaceByCopy = async () => undefined
    const report = await catalog.upkeep.apply(await catalog.upkeep.dedupe({ method: 'hard-link' }))
    expect(report).toMatchObject({ done: [], skipped: [{}], failed: [] })
  })

  it('stays done while one of the models that name the file means its bytes', async () => {
    const { catalog, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    await catalog.upkeep.apply(plan)
    await edit(other, 'a', { digest: BAD })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{}], failed: [], skipped: [] })
    await edit(other, 'b', { digest: BAD })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it.each(COPYING)(
    'leaves by %s what another process puts in the place while that is read',
    async (method) => {
      const { catalog, files } = await openWith(['a', 'b'], [1, 1])
      const plan = await catalog.upkeep.dedupe({ method })
      files.duringRead = () => {
        files.duringRead = () => undefined
        files.delete(pathOf('b'))
        files.put(pathOf('b'), BAD)
        files.rot(pathOf('a'), BAD)
      }
      files.afterReplaceStep = (step) => step === 'ended' && files.rot(pathOf('b'), BAD)
      expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
      const left = (await files.listFiles()).files.map(({ path }) => path)
      expect(files.bytesOf(pathOf('b'))).toBe(BAD)
      expect(left.filter((path) => path.endsWith('.replaced')).map((path) => files.bytesOf(path))).toEqual([
        GOOD,
      ])
    },
  )
})

it('what is written while it is read stays if it is a copy, and gives way to the replaced file if it is a link', async () => {
  const left = await Promise.all(
    COPYING.map(async (method) => {
      const { catalog, files } = await openWith(['a', 'b'], [1, 1])
      const plan = await catalog.upkeep.dedupe({ method })
      files.duringRead = () => {
        files.duringRead = () => undefined
        files.overwriteUnseen(pathOf('b'), BAD)
      }
      expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [] })
      return files.bytesOf(pathOf('b'))
    }),
  )
  expect(left).toEqual([GOOD, BAD])
})
