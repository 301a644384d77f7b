import { sampleDigest } from '@catalog/testkit'
import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, type TestCatalog } from './test-catalog.ts'
import { openWith, outlineOf, pathOf, sharingNames } from './upkeep-world.ts'

const LATER = '2025-10-02T00:00:00.000Z'

describe('dedupe', () => {
  it('makes equal files one, and reads that before the other one goes', async () => {
    const { catalog, files } = await openWith(['a', 'b', 'c', 'd'], [1, 1, 1, 2])
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    expect(plan.findings.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      `duplicate ${pathOf('b')}`,
      `duplicate ${pathOf('c')}`,
    ])
    expect(plan.bytes).toBe(2048)
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({
      failed: [],
      skipped: [],
      freedBytes: 2048,
    })
    const inodes = ['a', 'b', 'c'].map((id) => files.readFingerprint(pathOf(id)).ino)
    expect(new Set(inodes).size).toBe(1)
    expect(files.read).toEqual([pathOf('a'), pathOf('a')])
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    expect(await catalog.upkeep.dedupe({ method: 'hard-link' })).toMatchObject({ actions: [] })
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({ skipped: [], freedBytes: 0 })
    expect(files.read).toHaveLength(2)
  })

  it('keeps the file that has the most names', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    files.link(pathOf('b'), '/models/name-of-b')
    await catalog.verify('b')
    const { actions } = await catalog.upkeep.dedupe({ method: 'hard-link' })
    expect(actions).toMatchObject([{ keep: { file: 'b.gguf' }, replace: { file: 'a.gguf' } }])
  })

  it('believes a copy only once it was read', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method: 'reflink' })
    const before = await catalog.history.totals()
    const report = await catalog.upkeep.apply(plan)
    const { verifications, verifiedBytes } = await catalog.history.totals()
    expect(verifications.success).toBe(before.verifications.success + 1)
    expect(verifiedBytes).toBe(before.verifiedBytes + 1024)
    expect(outlineOf(report)).toMatchObject({ done: ['share-bytes'], freedBytes: 1024 })
    expect(files.read).toEqual([pathOf('b')])
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    expect(await catalog.upkeep.apply(plan)).toEqual({ ...report, freedBytes: 0 })
  })

  it('finishes what a crash left between the disk and the catalog', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    const expected = files.readFingerprint(pathOf('b'))
    const names = sharingNames('b')
    await files.replaceByCopy(pathOf('b'), pathOf('a'), { expected, method: 'hard-link', ...names })
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({
      done: ['share-bytes'],
      freedBytes: 1024,
    })
    expect(files.has(names.aside)).toBe(false)
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('fails, and has it recorded, where the file that would stay is wrong by now', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    files.rot(pathOf('a'), sampleDigest(9))
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({
      done: [],
      failed: ['DIGEST_MISMATCH'],
    })
    expect((await catalog.list()).map(({ state }) => state)).toEqual(['Failed', 'Active'])
    expect([files.bytesOf(pathOf('a')), files.bytesOf(pathOf('b'))]).toEqual([
      sampleDigest(9),
      sampleDigest(1),
    ])
    expect((await files.listFiles()).files).toHaveLength(2)
  })

  it('fails where the file system cannot', async () => {
    const { catalog, files } = await openWith(['a', 'b'], [1, 1])
    const error = new CatalogError('IO', 'cannot share', { operation: 'replace', errno: 'ENOTSUP' })
    files.replaceByCopy = () => Promise.reject(error)
    const report = await catalog.upkeep.apply(await catalog.upkeep.dedupe({ method: 'reflink' }))
    expect(report.failed).toMatchObject([
      { code: 'IO', text: 'the file system cannot share bytes by reflink: cannot share' },
    ])
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('leaves what is used, changed, or not Active', async () => {
    const { catalog, files, other } = await openWith(['a', 'b', 'c', 'd'], [1, 1, 1, 1])
    const lease = { id: 'l', holder: 'h', node: 'node-1', at: LATER, until: LATER }
    await edit(other, 'a', { leases: [lease] })
    files.put(pathOf('b'), sampleDigest(1))
    await catalog.setState('c', 'Retired')
    expect(await catalog.upkeep.dedupe({ method: 'hard-link' })).toMatchObject({ actions: [] })
  })

  it('skips what changed, or is used, since', async () => {
    const { catalog, files, other } = await openWith(['a', 'b', 'c', 'd'], [1, 1, 1, 1])
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    const lease = { id: 'l', holder: 'h', node: 'node-1', at: LATER, until: LATER }
    await edit(other, 'b', { leases: [lease] })
    files.put(pathOf('c'), sampleDigest(1))
    files.delete(pathOf('d'))
    expect(outlineOf(await catalog.upkeep.apply(plan))).toMatchObject({
      skipped: ['b has a lease of h', '/models/c.gguf changed since', '/models/d.gguf is no longer there'],
    })
  })

  it.each<[string, string, (opened: TestCatalog) => unknown]>([
    [
      'the file that would stay is another one',
      '/models/a.gguf changed since',
      ({ files }) => files.put(pathOf('a'), sampleDigest(1)),
    ],
    [
      'the file that would go got another name',
      '/models/b.gguf changed since',
      ({ files }) => files.link(pathOf('b'), '/srv/b.gguf'),
    ],
    [
      'they are on two devices',
      '/models/a.gguf and /models/b.gguf are on two devices',
      ({ files }) => {
        const lookAt = files.lookAt.bind(files)
        files.lookAt = async (path) => {
          const found = await lookAt(path)
          const isMoved = path === pathOf('b') && found !== undefined
          return isMoved ? { ...found, fingerprint: { ...found.fingerprint, dev: '2050' } } : found
        }
      },
    ],
  ])('changes nothing if by now %s', async (what, reason, change) => {
    const opened = await openWith(['a', 'b'], [1, 1])
    const { catalog, files } = opened
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    const actions = plan.actions.map((action) =>
      action.kind === 'share-bytes' && what.includes('devices')
        ? {
            ...action,
            replace: { ...action.replace, fingerprint: { ...action.replace.fingerprint, dev: '2050' } },
          }
        : action,
    )
    change(opened)
    files.done.length = 0
    const report = await catalog.upkeep.apply({ ...plan, actions })
    expect(outlineOf(report)).toMatchObject({ done: [], skipped: [reason], freedBytes: 0 })
    expect(files.done).toEqual([])
  })

  it('does not take a name of the file for shared once its model means other bytes', async () => {
    const { catalog, other } = await openWith(['a', 'b'], [1, 1])
    const plan = await catalog.upkeep.dedupe({ method: 'hard-link' })
    await catalog.upkeep.apply(plan)
    await edit(other, 'a', { digest: sampleDigest(9) })
    await edit(other, 'b', { digest: sampleDigest(9) })
    expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  })

  it('refuses a method that it does not know', async () => {
    const { catalog } = await openWith([])
    const options = { method: 'symlink' } as never
    await expect(catalog.upkeep.dedupe(options)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
