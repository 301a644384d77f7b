import { type FakeFiles, sampleDigest } from '@catalog/testkit'
import { CatalogError, type DigestProgress } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog, withoutDev } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const old = sampleDigest(3)
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`
const ASIDE = `${PATH}.quarantined-1`

/** A model of one file that is being downloaded, with what was downloaded. */
async function openDownloaded(downloaded = right): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  await opened.catalog.register({ id: 'm', source: 'x', digest: right })
  await opened.catalog.downloads.begin('m')
  opened.files.put(PARTIAL, downloaded)
  return opened
}

/** The same, and at its name stands a file that is known to be wrong. */
async function openTaken(downloaded = right): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  await catalog.register({ id: 'm', source: 'x', digest: right })
  files.put(PATH, old)
  await catalog.verify('m').catch(() => undefined)
  await catalog.downloads.begin('m')
  files.put(PARTIAL, downloaded)
  files.read.length = 0
  return opened
}

/** Does something after the first file was moved to a path. */
function afterMove(files: FakeFiles, path: string, act: () => unknown): void {
  const moveFile = files.moveFile.bind(files)
  let isDone = false
  files.moveFile = async (from, to) => {
    const isMoved = await moveFile(from, to)
    if (to !== path || !isMoved || isDone) return isMoved
    isDone = true
    await act()
    return true
  }
}

/** Lets no file be moved to a path, as while a program has it open on Windows. */
function refuseMove(files: FakeFiles, path: string): void {
  const moveFile = files.moveFile.bind(files)
  files.moveFile = async (from, to) => {
    if (to !== path) return await moveFile(from, to)
    throw new CatalogError('IO', `rename ${from} failed: EPERM`, {
      operation: 'rename',
      path: from,
      errno: 'EPERM',
    })
  }
}

describe('bytes that were not read under their final name are not served', () => {
  it('if they are written right after the file got its name, with the time put back', async () => {
    const { catalog, files } = await openDownloaded()
    afterMove(files, PATH, () => files.rot(PATH, wrong))
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({
      state: 'Failed',
      quarantine: [{ path: ASIDE, digest: wrong }],
    })
    expect([files.has(PATH), files.bytesOf(ASIDE)]).toEqual([false, wrong])
  })

  it('if they are written while the file is read', async () => {
    const { catalog, files } = await openDownloaded()
    files.duringRead = (path) => files.overwrite(path, wrong)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending', download: { placing: true } })
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
    files.duringRead = () => undefined
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('if they are written between the reading and the record', async () => {
    const { catalog, files, store } = await openDownloaded()
    files.duringRead = () => store.beforeNextCommit(async () => files.overwrite(PATH, wrong))
    await catalog.downloads.finish('m')
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })

  it('even if only the ctime changed since the reading', async () => {
    const { catalog, files } = await openDownloaded()
    files.duringRead = (path) => {
      files.rot(path, wrong)
      files.link(path, '/models/other')
    }
    const changed = { code: 'FILE_CHANGED', details: { changed: ['ctimeNs'] } }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject(changed)
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
  })
})

describe('a file is refused under the name of its partial file', () => {
  it.each(['size', 'page'])('if it has the wrong %s', async (what) => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', sizeBytes: 1024 })
    await catalog.downloads.begin('m')
    files.put(PARTIAL, wrong, what === 'size' ? 2000 : 1024)
    if (what === 'page') files.refusals.set(PARTIAL, [{ kind: 'html-page', text: 'a page' }])
    const code = what === 'size' ? 'SIZE_MISMATCH' : 'NOT_A_MODEL'
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code, details: { path: ASIDE } })
    expect(files.done.filter((done) => done.startsWith('move'))).toEqual([`move ${PARTIAL} to ${ASIDE}`])
    expect(files.read).toEqual([])
  })
})

describe('a name that is taken', () => {
  it('is kept by the file that has it while a partial file is wrong', async () => {
    const { catalog, files } = await openTaken(wrong)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(files.read).toEqual([PARTIAL])
    expect([files.bytesOf(PATH), files.bytesOf(ASIDE)]).toEqual([old, wrong])
  })

  it('goes to a file that was read before and after it got the name, with one progress', async () => {
    const { catalog, files } = await openTaken()
    const seen: DigestProgress[] = []
    await catalog.downloads.finish('m', { onProgress: (progress) => seen.push(progress) })
    expect(files.read).toEqual([PARTIAL, PATH])
    expect(seen).toEqual([1024, 2048].map((doneBytes) => ({ doneBytes, totalBytes: 2048 })))
    expect([files.bytesOf(PATH), files.bytesOf(ASIDE)]).toEqual([right, old])
    expect(await catalog.get('m')).toMatchObject({
      state: 'Active',
      quarantine: [{ path: ASIDE, digest: old }],
    })
  })

  it('goes back to the old file, which is read, if the new one is another by then', async () => {
    const { catalog, files } = await openTaken()
    afterMove(files, PATH, () => files.rot(PATH, wrong))
    const aside = `${PATH}.quarantined-2`
    const details = { path: aside, found: wrong, isQuarantined: true }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', details })
    expect([files.bytesOf(PATH), files.has(ASIDE), files.bytesOf(aside)]).toEqual([old, false, wrong])
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({ state: 'Failed', failure: { path: aside, found: wrong } })
    expect(entry?.quarantine?.map(({ path }) => path)).toEqual([aside])
    const evidence = {
      outcome: 'mismatch',
      digest: old,
      fingerprint: withoutDev(files.readFingerprint(PATH)),
    }
    expect(entry?.evidence?.['volume-1']).toMatchObject(evidence)
    expect(await catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: false }] })
  })

  it('makes the model Active again if the old file is found to be right', async () => {
    const { catalog, files } = await openTaken()
    afterMove(files, ASIDE, () => files.rot(ASIDE, right))
    afterMove(files, PATH, () => files.rot(PATH, wrong))
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    const entry = await catalog.get('m')
    expect(entry).not.toHaveProperty('download')
    expect(entry).not.toHaveProperty('failure')
  })
})

it.each([
  ['a right file, and is read', right, right, 'Active'],
  ['a wrong file, and is kept while what was downloaded is wrong', old, wrong, 'Failed'],
])('a name that is taken at the last moment has %s', async (_, standing, downloaded, state) => {
  const { catalog, files, store } = await openTestCatalog({ holder: 'a' })
  await catalog.register({ id: 'm', source: 'x', digest: right, sizeBytes: 1024 })
  await catalog.downloads.begin('m')
  files.put(PARTIAL, downloaded)
  const isPresent = standing === right
  files.syncFile = async () => {
    files.syncFile = async () => undefined
    store.beforeNextCommit(async () => files.put(PATH, standing, isPresent ? 1024 : 7))
  }
  await catalog.downloads.finish('m').catch(() => undefined)
  expect(await catalog.get('m')).toMatchObject({ state })
  expect(files.bytesOf(PATH)).toBe(standing)
  expect(files.done).not.toContain(`move ${PATH} to ${ASIDE}`)
})

describe('a move that is refused', () => {
  it('changes nothing: what was quarantined gets its name back', async () => {
    const { catalog, files } = await openTaken()
    refuseMove(files, PATH)
    const moveFile = files.moveFile.bind(files)
    files.moveFile = async (from, to) => {
      if (from !== ASIDE) return await moveFile(from, to)
      files.link(from, to)
      files.delete(from)
      return true
    }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({
      code: 'IO',
      details: { errno: 'EPERM' },
    })
    expect([files.bytesOf(PATH), files.bytesOf(PARTIAL), files.has(ASIDE)]).toEqual([old, right, false])
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({ state: 'Failed', download: { holder: 'a' } })
    expect(entry).not.toHaveProperty('quarantine')
    // That it was recorded, and that the record was taken back.
    const history = (await catalog.history.of('m')).filter(({ operation }) => operation === 'quarantine')
    expect(history.map((change) => change.entry?.quarantine?.length)).toEqual([1, undefined])
  })

  it('gives the other files of the model the names of their partial files back', async () => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    const parts = ['a.bin', 'b.bin']
    await catalog.register({ id: 'm', source: 'x', files: parts.map((path) => ({ path, digest: right })) })
    await catalog.downloads.begin('m')
    const partials = parts.map((path) => `/models/m/${path}.partial`)
    for (const path of partials) files.put(path, right)
    refuseMove(files, '/models/m/b.bin')
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'IO' })
    expect(partials.map((path) => files.has(path))).toEqual([true, true])
  })
})

it('a model that was verified meanwhile stays Active if what was downloaded is wrong', async () => {
  const { catalog, files } = await openDownloaded(wrong)
  // In another root, which is searched after the first.
  const inArchive = '/archive/m.gguf'
  files.put(inArchive, right)
  files.pathsOf = () => [PATH, inArchive]
  files.locate = async (references) => references.map(() => (files.has(PATH) ? PATH : inArchive))
  const active = await catalog.verify('m')
  const resolve = async (): Promise<void> => {
    expect(await catalog.resolve('m')).toMatchObject({ path: inArchive })
  }
  await resolve()
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  await resolve()
  const { state, evidence, download, quarantine } = (await catalog.get('m')) ?? {}
  expect({ state, evidence, download }).toEqual({
    state: 'Active',
    evidence: active.evidence,
    download: undefined,
  })
  expect(quarantine).toMatchObject([{ path: ASIDE, digest: wrong }])
})

it.each([
  ['gained the digest of the same bytes', { digest: right }, 'Active'],
  ['came to be from another source', { source: 'y' }, 'Pending'],
])('an entry that %s while files were synced ends %s', async (_, fields, state) => {
  const { catalog, files, other } = await openTestCatalog({ holder: 'a' })
  await catalog.register({ id: 'm', source: 'x' })
  await catalog.downloads.begin('m')
  files.put(PARTIAL, right)
  const syncFile = files.syncFile.bind(files)
  files.syncFile = async (path) => {
    await syncFile(path)
    if (path === PARTIAL) await edit(other, 'm', fields)
  }
  const code = await catalog.downloads.finish('m').catch((error) => error.code)
  expect(await catalog.get('m')).toMatchObject({ state })
  // Nothing is moved for an entry that means other bytes.
  expect([code === 'CONFLICT', files.has(PARTIAL)]).toEqual([state !== 'Active', state !== 'Active'])
})

describe('a file that a crash left unread at its name', () => {
  /** The process ends while the file is read: its commits, and the moves that undo others, no longer happen. */
  async function openLeft(downloaded = right): Promise<TestCatalog> {
    const opened = await openDownloaded(downloaded)
    opened.files.duringRead = () => Promise.reject(new Error('crash'))
    await expect(opened.catalog.downloads.finish('m')).rejects.toThrow('crash')
    opened.files.duringRead = () => undefined
    expect([opened.files.has(PATH), opened.files.has(PARTIAL)]).toEqual([true, false])
    return opened
  }

  it.each([
    [right, 'Active'],
    [wrong, 'Failed'],
  ])('is read by the next finish: %s makes the model %s', async (downloaded, state) => {
    const { catalog, files } = await openLeft(downloaded)
    expect(await catalog.downloads.begin('m')).toMatchObject({ files: [{ isPresent: true }] })
    await catalog.downloads.finish('m').catch(() => undefined)
    expect(await catalog.get('m')).toMatchObject({ state })
    expect(files.has(PATH)).toBe(state === 'Active')
  })

  it('is neither served nor collected', async () => {
    const { catalog, files, clock } = await openLeft()
    for (const hours of [0, 48]) {
      clock.advance(hours * 3_600_000)
      await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
      await catalog.upkeep.apply(await catalog.upkeep.collect({ orphans: true }))
      await catalog.upkeep.apply(await catalog.upkeep.collect({ orphans: ['*'] }))
      expect(files.has(PATH)).toBe(true)
    }
  })

  it('is told of by doctor once the download is abandoned, and read by its plan', async () => {
    const { catalog, clock } = await openLeft()
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
    clock.advance(24 * 3_600_000)
    const plan = await catalog.upkeep.doctor()
    expect(plan.findings).toMatchObject([{ kind: 'unverified', id: 'm', path: PATH, bytes: 1024 }])
    await catalog.upkeep.apply(plan)
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    expect((await catalog.upkeep.doctor()).findings).toEqual([])
  })

  it('is told of also after another holder has begun the download anew', async () => {
    const { catalog, clock } = await openLeft()
    await catalog.downloads.begin('m')
    clock.advance(24 * 3_600_000)
    expect((await catalog.upkeep.doctor()).findings).toMatchObject([{ kind: 'unverified' }])
  })
})

it('an update to other bytes of the same size fetches them, and the old file makes room for right ones only', async () => {
  const { catalog, files } = await openTestCatalog({ holder: 'p' })
  files.put(PATH, sampleDigest(1))
  await catalog.register({ id: 'm', source: 'hf:org/m', digest: sampleDigest(1), sizeBytes: 1024 })
  await catalog.verify('m')
  await catalog.update('m', { digest: sampleDigest(2) })
  const begun = await catalog.downloads.begin('m')
  expect(begun).toMatchObject({ needed: true, files: [{ isPresent: false }] })
  files.put(`${PATH}.partial`, sampleDigest(3))
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  expect(files.bytesOf(PATH)).toBe(sampleDigest(1))
  await catalog.downloads.begin('m')
  files.put(`${PATH}.partial`, sampleDigest(2))
  expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
  expect(files.bytesOf(PATH)).toBe(sampleDigest(2))
})
