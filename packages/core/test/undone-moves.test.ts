import { type FakeFiles, sampleDigest } from '@catalog/testkit'
import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const old = sampleDigest(3)
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`
const ASIDE = `${PATH}.quarantined-1`
const PARTS = ['a.bin', 'sub/b.bin'] as const
const pathOf = (part: string): string => `/models/m/${part}`
const partialOf = (part: string): string => `${pathOf(part)}.partial`

/** A set whose files get their names singly, because its directory exists. */
async function openSingly(): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  const { catalog, files } = opened
  files.put(pathOf('other.txt'), old)
  await catalog.register({
    id: 'm',
    source: 'x',
    files: PARTS.map((path) => ({ path, digest: right, sizeBytes: 1024 })),
  })
  await catalog.downloads.begin('m')
  for (const part of PARTS) files.put(partialOf(part), right)
  files.done.length = 0
  return opened
}

function createIo(path: string, errno: string): CatalogError {
  return new CatalogError('IO', `rename ${path} failed: ${errno}`, { operation: 'rename', path, errno })
}

/** Runs before a file is moved: what it throws, the move rejects with. */
function beforeMove(files: FakeFiles, act: (from: string, to: string) => unknown): void {
  const moveFile = files.moveFile.bind(files)
  files.moveFile = async (from, to) => {
    await act(from, to)
    return await moveFile(from, to)
  }
}

describe('the files of a set that get their names singly', () => {
  it('get their directories made, and leave nothing of the download beside them', async () => {
    const { catalog, files } = await openSingly()
    for (const part of PARTS) files.put(`${partialOf(part)}.checkpoint`, old)
    expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
    for (const part of PARTS) expect(files.done).toContain(`make parent of ${pathOf(part)}`)
    for (const part of PARTS) expect(files.has(`${partialOf(part)}.checkpoint`)).toBe(false)
  })

  it('all get their old names back in reverse order if one cannot be moved, and so does a file that made room', async () => {
    const { catalog, files } = await openSingly()
    files.put(pathOf(PARTS[0]), old, 7)
    beforeMove(files, (_, to) => {
      if (to === pathOf(PARTS[1])) throw createIo(to, 'EPERM')
    })
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ details: { errno: 'EPERM' } })
    expect(
      [pathOf(PARTS[0]), ...PARTS.map(partialOf)].map((path) => files.has(path) && files.bytesOf(path)),
    ).toEqual([old, right, right])
    expect(await catalog.get('m')).not.toHaveProperty('quarantine')
  })

  it.each([
    [
      'an error of the disk, which the first one outweighs',
      createIo('x', 'EIO'),
      { details: { errno: 'EPERM' } },
    ],
    ['a fault of the program, which is told', new TypeError('a fault'), { message: 'a fault' }],
  ])('may meet %s when they get their old names back', async (_, error, rejection) => {
    const { catalog, files } = await openSingly()
    beforeMove(files, (from, to) => {
      if (to === pathOf(PARTS[1])) throw createIo(to, 'EPERM')
      if (from === pathOf(PARTS[0])) throw error
    })
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject(rejection)
  })

  it('stay where they are once another holder has the download', async () => {
    const { catalog, files, other } = await openSingly()
    files.put(pathOf(PARTS[1]), old, 7)
    let isTaken = false
    beforeMove(files, async (_, to) => {
      if (to !== pathOf(PARTS[0]) || isTaken) return
      isTaken = true
      const { download } = (await catalog.get('m')) ?? {}
      if (download !== undefined) await edit(other, 'm', { download: { ...download, holder: 'b' } })
    })
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DOWNLOAD_ENDED' })
    expect([files.has(pathOf(PARTS[0])), files.has(partialOf(PARTS[0]))]).toEqual([true, false])
  })
})

describe('a file that a crash left at two names', () => {
  it('loses the one in the collecting directory if its directory came to exist', async () => {
    const { catalog, files } = await openTestCatalog({ holder: 'a' })
    await catalog.register({ id: 'm', source: 'x', files: [{ path: 'a.bin', digest: right }] })
    const whole = '/models/m.partial/.whole/a.bin'
    files.put(pathOf('a.bin'), right)
    files.link(pathOf('a.bin'), whole)
    await catalog.downloads.begin('m')
    expect([files.has(pathOf('a.bin')), files.has(whole)]).toEqual([true, false])
  })
})

describe('a name that goes back to the file that had it', () => {
  /** What was downloaded became wrong after the old file made room for it, and the old one cannot be read. */
  async function openUnreadable(error: Error): Promise<TestCatalog> {
    const opened = await openTestCatalog({ holder: 'a' })
    const { catalog, files } = opened
    await catalog.register({ id: 'm', source: 'x', digest: right })
    files.put(PATH, old)
    await catalog.verify('m').catch(() => undefined)
    await catalog.downloads.begin('m')
    files.put(PARTIAL, right)
    const moveFile = files.moveFile.bind(files)
    files.moveFile = async (from, to) => {
      const isMoved = await moveFile(from, to)
      if (to === PATH && from === PARTIAL) files.rot(PATH, wrong)
      if (to === PATH && from === ASIDE) files.duringRead = () => Promise.reject(error)
      return isMoved
    }
    return opened
  }

  it('is Failed by the new one if the old one cannot be read', async () => {
    const { catalog, files } = await openUnreadable(createIo(PATH, 'EIO'))
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(files.bytesOf(PATH)).toBe(old)
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({ state: 'Failed', failure: { found: wrong } })
    expect(entry).not.toHaveProperty('download')
  })

  it.each([
    ['the download was taken over', new CatalogError('DOWNLOAD_ENDED', 'taken', { id: 'm', holder: 'a' })],
    ['the program has a fault', new TypeError('a fault')],
  ])('records nothing if meanwhile %s', async (_, error) => {
    const { catalog } = await openUnreadable(error)
    await expect(catalog.downloads.finish('m')).rejects.toBe(error)
    expect(await catalog.get('m')).toMatchObject({ download: { holder: 'a' } })
  })
})

it('what is known of a wrong file that is gone does not outlive another wrong one', async () => {
  const { catalog, files } = await openTestCatalog({ holder: 'a' })
  await catalog.register({ id: 'm', source: 'x', digest: right })
  files.put(PATH, old)
  await catalog.verify('m').catch(() => undefined)
  await catalog.downloads.begin('m')
  files.put(PARTIAL, wrong)
  files.delete(PATH)
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  expect((await catalog.get('m'))?.evidence?.['volume-1']).not.toMatchObject({ digest: old })
})

it('a partial file that is a symbolic link is not followed', async () => {
  const { catalog, files } = await openTestCatalog({ holder: 'a' })
  await catalog.register({ id: 'm', source: 'x', digest: right })
  await catalog.downloads.begin('m')
  files.put('/srv/secret', right)
  files.makeLink('/srv/secret', PARTIAL)
  files.syncFile = async () => undefined
  await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
  expect(files.read).toEqual([])
})
