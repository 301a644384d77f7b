import { sampleDigest } from '@catalog/testkit'
import { CatalogError, type ReplaceOptions } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf, sharingNames } from './upkeep-world.ts'

const [GOOD, BAD] = [sampleDigest(1), sampleDigest(9)]
const { aside } = sharingNames('b')

/** The file of `b` replaced, as by an attempt that was killed before the reading. */
async function openReplaced(method: ReplaceOptions['method']): Promise<TestCatalog> {
  const opened = await openWith(['a', 'b'], [1, 1])
  const expected = opened.files.readFingerprint(pathOf('b'))
  await opened.files.replaceByCopy(pathOf('b'), pathOf('a'), { expected, method, ...sharingNames('b') })
  return opened
}

describe('finishing what sharing left', () => {
  it('is done once, and reads nothing if all was read', async () => {
    const { catalog, files } = await openWith(['a', 'b'])
    files.put(aside, GOOD)
    const plan = await catalog.upkeep.doctor()
    const report = await catalog.upkeep.apply(plan)
    expect(outlineOf(report)).toMatchObject({ done: ['finish-sharing'], freedBytes: 1024 })
    expect([files.has(aside), files.read]).toEqual([false, []])
    expect(await catalog.upkeep.apply(plan)).toEqual({ ...report, freedBytes: 0 })
  })

  it('frees nothing if the file has another name', async () => {
    const { catalog, files } = await openReplaced('reflink')
    files.link(aside, '/models/name.bin')
    const report = await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect(outlineOf(report)).toMatchObject({ failed: [], freedBytes: 0 })
    expect(files.has(aside)).toBe(false)
  })

  it('keeps both files if the one in the place cannot be read', async () => {
    const { catalog, files } = await openReplaced('hard-link')
    const { ino } = files.readFingerprint(pathOf('b'))
    files.duringRead = () => Promise.reject(new CatalogError('IO', 'bad sector', { operation: 'read' }))
    const plan = await catalog.upkeep.doctor()
    const { failed } = await catalog.upkeep.apply({ ...plan, actions: plan.actions.slice(0, 1) })
    expect(failed).toMatchObject([{ code: 'IO' }])
    expect([files.has(aside), files.readFingerprint(pathOf('b')).ino]).toEqual([true, ino])
  })

  it.each<[string, (opened: TestCatalog) => unknown]>([
    ['no model names the place', ({ other }) => dropEntry(other, 'b')],
    [
      'the file became a symbolic link',
      ({ files }) => {
        files.delete(aside)
        files.makeLink(pathOf('a'), aside)
      },
    ],
  ])('is skipped if %s by now', async (_, change) => {
    const opened = await openReplaced('reflink')
    const { catalog, files } = opened
    const plan = await catalog.upkeep.doctor()
    await change(opened)
    files.done.length = 0
    const report = await catalog.upkeep.apply({ ...plan, actions: plan.actions.slice(0, 1) })
    expect(report).toMatchObject({ done: [], skipped: [{}] })
    expect(files.done).toEqual([])
  })

  it.each([
    ['goes once the copy was read and is right', GOOD],
    ['stays if the copy is wrong', BAD],
  ])('of a model of several files %s', async (_, copied) => {
    const { catalog, files } = await openWith(['x'])
    const parts = [0, 1, 2].map((n) => ({ path: `${n}.bin`, digest: sampleDigest(n) }))
    for (const { path, digest } of parts) files.put(`/models/m/${path}`, digest)
    await catalog.register({ id: 'm', source: 'x', files: parts })
    await catalog.verify('m')
    const path = '/models/m/1.bin'
    const names = { aside: `${path}${aside.slice(pathOf('b').length)}`, prepared: `${path}.prepared` }
    const expected = files.readFingerprint(path)
    await files.replaceByCopy(path, pathOf('x'), { expected, method: 'reflink', ...names })
    files.rot(path, copied)
    const report = await catalog.upkeep.apply(await catalog.upkeep.doctor())
    expect(report.failed.length === 0).toBe(copied === GOOD)
    expect([files.has(names.aside), files.has(names.aside) && files.bytesOf(names.aside)]).toEqual(
      copied === GOOD ? [false, false] : [true, GOOD],
    )
    if (copied === GOOD) expect(await catalog.resolve('m')).toMatchObject({ path: '/models/m' })
  })

  it('reads the model of another file that loses a name by it', async () => {
    const { catalog, files } = await openReplaced('reflink')
    files.link(aside, pathOf('c'))
    await catalog.register({ id: 'c', source: 'x' })
    await catalog.verify('c')
    await catalog.upkeep.apply(await catalog.upkeep.doctor())
    for (const id of ['a', 'b', 'c']) expect((await catalog.resolve(id)).id).toBe(id)
  })
})
