import { sampleDigest } from '@catalog/testkit'
import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf, sharingNames } from './upkeep-world.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]
const COPYING = ['hard-link', 'reflink'] as const
const { aside, prepared } = sharingNames('b')

/** The file of `b` replaced, as by an attempt that was killed before the reading. */
async function openReplaced(method: (typeof COPYING)[number]): Promise<TestCatalog> {
  const opened = await openWith(['a', 'b'], [1, 1])
  const expected = opened.files.readFingerprint(pathOf('b'))
  await opened.files.replaceByCopy(pathOf('b'), pathOf('a'), { expected, method, ...sharingNames('b') })
  return opened
}

/** From now on nothing is found at this path, as if it had gone since it was listed. */
function hide({ files }: TestCatalog, hidden: string): void {
  const lookAt = files.lookAt.bind(files)
  files.lookAt = async (path) => (path === hidden ? undefined : await lookAt(path))
}

describe.each(COPYING)('sharing by %s', (method) => {
  it('goes on if what an earlier attempt has left is gone by now', async () => {
    for (const left of [prepared, aside]) {
      const opened = await openWith(['a', 'b'], [1, 1])
      const { catalog, files } = opened
      files.put(left, GOOD)
      const plan = await catalog.upkeep.dedupe({ method })
      hide(opened, left)
      const report = await catalog.upkeep.apply(plan)
      expect(outlineOf(report)).toMatchObject({ done: ['share-bytes'], freedBytes: 1024 })
    }
  })

  it('frees nothing if the file that it replaces gets another name meanwhile', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method })
    files.duringRead = async () => {
      files.duringRead = () => undefined
      const left = (await files.listFiles()).files.find(({ path }) => path.endsWith('.replaced'))
      if (left === undefined) throw new Error('it must be there')
      files.link(left.path, '/srv/name.gguf')
    }
    await catalog.upkeep.apply(plan)
    expect(files.has('/srv/name.gguf')).toBe(true)
    expect((await catalog.upkeep.apply(plan)).freedBytes).toBe(0)
  })

  it('is skipped if a symbolic link is in the place of the file by now', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method })
    files.delete(pathOf('b'))
    files.makeLink(pathOf('a'), pathOf('b'))
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: [], skipped: [`${pathOf('b')} is no longer there`] })
  })

  it('fails with what the reading failed with, though the file that was read is gone', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method })
    files.duringRead = () => {
      files.duringRead = () => undefined
      files.delete(pathOf('b'))
      throw new CatalogError('IO', 'bad sector', { operation: 'read' })
    }
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: [], failed: ['IO'] })
  })

  it('reads a model of several files first of which one was touched by an earlier attempt', async () => {
    const { catalog, files } = await openTestCatalog()
    const parts = ['0.bin', '1.bin', '2.bin']
    for (const [index, part] of parts.entries()) files.put(`/models/a/${part}`, sampleDigest(index))
    files.put(pathOf('b'), GOOD)
    await catalog.register({ id: 'a', source: 'x', files: parts.map((path) => ({ path })) })
    await catalog.register({ id: 'b', source: 'x' })
    for (const id of ['a', 'b']) await catalog.verify(id)
    const plan = await catalog.upkeep.dedupe({ method })
    files.touchMode('/models/a/1.bin')
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ done: ['share-bytes'], skipped: [] })
  })
})

describe.each(['reference', ...COPYING] as const)('sharing by %s', (method) => {
  it.each<[string, (opened: TestCatalog) => unknown]>([
    ['is gone', ({ files }) => files.delete(pathOf('a'))],
    [
      'is a symbolic link',
      ({ files }) => {
        files.delete(pathOf('a'))
        files.makeLink(pathOf('b'), pathOf('a'))
      },
    ],
  ])('is skipped if the file that stays %s by now', async (_, change) => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const plan = await opened.catalog.upkeep.dedupe({ method })
    await change(opened)
    const report = await opened.catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ skipped: [`${pathOf('a')} is no longer there`] })
  })

  it('is skipped, unread, if a model of it is Retired by now', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method })
    await catalog.setState('a', 'Retired')
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(files.read).toEqual([])
  })
})

describe('sharing by reference', () => {
  it('is skipped, unread, if only the ctime of the file that stays changed', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    files.touchMode(pathOf('a'))
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect(files.read).toEqual([])
  })

  it('verifies the file that stays if it changed while it was read', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe()
    const digestFiles = files.digestFiles.bind(files)
    files.digestFiles = (seen, options) => {
      files.digestFiles = digestFiles
      files.touchMode(pathOf('a'))
      return digestFiles(seen, options)
    }
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({ operation: 'verify' })
    expect(await catalog.resolve('a')).toMatchObject({ path: pathOf('a') })
  })
})

describe('finishing what sharing left', () => {
  it('leaves a file in a directory that can no longer be listed', async () => {
    const { catalog, files } = await openReplaced('reflink')
    const plan = await catalog.upkeep.doctor()
    files.unreadable = [{ path: '/models', errno: 'EIO' }]
    files.done.length = 0
    await catalog.upkeep.apply({ ...plan, actions: plan.actions.slice(0, 1) })
    expect([files.done, files.has(aside)]).toEqual([[], true])
  })

  it('puts the file back if the link in its place is known to be wrong', async () => {
    const { catalog, files } = await openReplaced('hard-link')
    files.overwriteUnseen(pathOf('a'), BAD)
    await expect(catalog.verify('b')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect([files.bytesOf(pathOf('b')), files.has(aside)]).toEqual([GOOD, false])
  })
})
