import { sampleDigest } from '@catalog/testkit'
import { CatalogError, type DedupeMethod } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf, sharingNames } from './upkeep-world.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]
const COPYING = ['hard-link', 'reflink'] as const
const METHODS: readonly DedupeMethod[] = ['reference', ...COPYING]

/** Asserts that nothing but what was read is served, and counts what is. */
async function countServed({ catalog, files }: TestCatalog): Promise<number> {
  const resolving = ['a', 'b'].map(async (id) => files.bytesOf((await catalog.resolve(id)).path))
  const served = (await Promise.allSettled(resolving)).flatMap((each) =>
    each.status === 'fulfilled' ? [each.value] : [],
  )
  for (const bytes of served) expect(bytes).toBe(GOOD)
  return served.length
}

async function namesIn({ files }: TestCatalog): Promise<readonly string[]> {
  return (await files.listFiles()).files.map(({ file }) => file)
}

/** Renames the file and puts the other one in its place, like an attempt that was killed right after. */
async function replaceAside({ files }: TestCatalog, method: (typeof COPYING)[number]): Promise<void> {
  const expected = files.readFingerprint(pathOf('b'))
  await files.replaceByCopy(pathOf('b'), pathOf('a'), { expected, method, ...sharingNames('b') })
}

describe.each(METHODS)('dedupe by %s', (method) => {
  const write: readonly (readonly [string, (opened: TestCatalog) => unknown])[] = [
    [
      'once it is in its place',
      ({ files }) => {
        files.afterReplaceStep = (step, path) => step === 'ended' && files.overwriteUnseen(path, BAD)
      },
    ],
    [
      'while it is read',
      ({ files }) => {
        files.duringRead = (path) => files.overwriteUnseen(path, BAD)
      },
    ],
    [
      'before the commit',
      ({ files, store }) => store.beforeNextCommit(async () => files.overwriteUnseen(pathOf('a'), BAD)),
    ],
    [
      'before the second commit',
      ({ files, store }) => {
        store.beforeNextCommit(async () => undefined)
        store.beforeNextCommit(async () => files.overwriteUnseen(pathOf('a'), BAD))
      },
    ],
  ]

  it.each(write)('never serves what is written %s', async (_, prepare) => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    // So that the volume is noted as seen before, by a commit of its own.
    await countServed(opened)
    const plan = await catalog.upkeep.dedupe({ method })
    prepare(opened)
    await catalog.upkeep.apply(plan)
    files.duringRead = () => undefined
    await countServed(opened)
  })

  it('shares the bytes of an undisturbed plan, and both models are served', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog } = opened
    const plan = await catalog.upkeep.dedupe({ method })
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: ['share-bytes'], freedBytes: 1024 })
    expect(await countServed(opened)).toBe(2)
    const boots = (await catalog.list()).map(({ evidence }) => evidence?.['volume-1']?.bootId)
    expect(boots).toEqual(['boot-1', 'boot-1'])
    expect(await namesIn(opened)).toEqual(method === 'reference' ? ['a.gguf'] : ['a.gguf', 'b.gguf'])
    expect(await catalog.upkeep.apply(plan)).toEqual({ ...report, freedBytes: 0 })
  })
})

describe.each(COPYING)('a file that %s replaces', (method) => {
  it('comes back if what took its place is wrong', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    const plan = await catalog.upkeep.dedupe({ method })
    files.rot(pathOf('a'), BAD)
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ failed: ['DIGEST_MISMATCH'] })
    expect((await catalog.list()).map(({ state }) => state)).toEqual(['Failed', 'Active'])
    expect([await namesIn(opened), await countServed(opened)]).toEqual([['a.gguf', 'b.gguf'], 1])
  })

  it.each(['the plan', 'doctor'])('goes after a crash before the reading, by %s', async (who) => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog } = opened
    const plan = await catalog.upkeep.dedupe({ method })
    await replaceAside(opened, method)
    const report = await catalog.upkeep.apply(who === 'doctor' ? await catalog.upkeep.doctor() : plan)
    expect(outlineOf(report)).toMatchObject({ failed: [], freedBytes: 1024 })
    expect([await namesIn(opened), await countServed(opened)]).toEqual([['a.gguf', 'b.gguf'], 2])
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ skipped: [], freedBytes: 0 })
  })

  it.each(['the plan', 'doctor'])(
    'comes back after a crash that left nothing in its place, by %s',
    async (who) => {
      const opened = await openWith(['a', 'b'], [1, 1])
      const { catalog, files } = opened
      const plan = await catalog.upkeep.dedupe({ method })
      await files.moveFile(pathOf('b'), sharingNames('b').aside)
      await catalog.upkeep.apply(who === 'doctor' ? await catalog.upkeep.doctor() : plan)
      expect([await namesIn(opened), await countServed(opened)]).toEqual([['a.gguf', 'b.gguf'], 2])
      expect((await catalog.upkeep.doctor()).findings).toEqual([])
    },
  )

  it('is taken by no collection', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    await replaceAside(opened, method)
    const plan = await opened.catalog.upkeep.collect({ orphans: true, olderThanMs: 1 })
    expect(plan.actions).toEqual([])
  })

  it('comes back, unread, if the reading is cancelled', async () => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    const plan = await catalog.upkeep.dedupe({ method })
    const cancel = new AbortController()
    files.duringRead = () => cancel.abort(new Error('enough'))
    await expect(catalog.upkeep.apply(plan, { signal: cancel.signal })).rejects.toThrow('enough')
    files.duringRead = () => undefined
    expect(await namesIn(opened)).toEqual(['a.gguf', 'b.gguf'])
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: ['share-bytes'] })
    expect(await countServed(opened)).toBe(2)
  })
})

it('a wrong hard link after a crash is taken away, and the file that it replaced comes back', async () => {
  const opened = await openWith(['a', 'b'], [1, 1])
  const { catalog, files } = opened
  await replaceAside(opened, 'hard-link')
  files.overwriteUnseen(pathOf('a'), BAD)
  const report = await catalog.upkeep.apply(await catalog.upkeep.doctor())
  expect(report.failed[0]).toMatchObject({ code: 'DIGEST_MISMATCH' })
  expect((await catalog.list()).map(({ state }) => state)).toEqual(['Failed', 'Active'])
  expect([await namesIn(opened), await countServed(opened)]).toEqual([['a.gguf', 'b.gguf'], 1])
})

it('a copy that was written after a crash stays, and so does the file that it replaced', async () => {
  const opened = await openWith(['a', 'b'], [1, 1])
  const { catalog, files } = opened
  await replaceAside(opened, 'reflink')
  files.overwriteUnseen(pathOf('b'), BAD)
  await catalog.upkeep.apply(await catalog.upkeep.doctor())
  expect([files.bytesOf(pathOf('b')), files.bytesOf(sharingNames('b').aside)]).toEqual([BAD, GOOD])
})

it('what cannot be removed frees nothing', async () => {
  const { catalog, files } = await openWith(['a', 'b'], [1, 1])
  const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
  files.removeFile = () => Promise.reject(new CatalogError('IO', 'cannot', { operation: 'remove' }))
  expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ failed: ['IO'], freedBytes: 0 })
})

it('a model that had the inode of the new file before is not taken for an owner of it', async () => {
  const { catalog, files } = await openWith(['a', 'b', 'c'], [1, 1, 2])
  const plan = await catalog.upkeep.dedupe({ method: 'reflink' })
  const { ino } = files.readFingerprint(pathOf('c'))
  const writeOther = (): void => {
    if (files.readFingerprint(pathOf('c')).ino !== ino) return
    files.put(pathOf('c'), BAD)
    files.freedInodes.push(ino)
  }
  const report = await catalog.upkeep.apply(plan, { onProgress: writeOther })
  expect(outlineOf(report)).toMatchObject({ done: ['share-bytes'], failed: [] })
  expect(files.readFingerprint(pathOf('b')).ino).toBe(ino)
  expect(files.read).not.toContain(pathOf('c'))
})

it('a Retired model is read once if its sharing was interrupted', async () => {
  const opened = await openWith(['a', 'b'], [1, 1])
  const { catalog, files } = opened
  await replaceAside(opened, 'reflink')
  await catalog.setState('b', 'Retired')
  files.read.length = 0
  expect(outlineOf(await catalog.upkeep.apply(await catalog.upkeep.doctor()))).toMatchObject({ failed: [] })
  expect(files.read.filter((path) => path === pathOf('b'))).toHaveLength(1)
})
