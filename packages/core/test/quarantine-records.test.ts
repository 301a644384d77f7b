import { type FakeFiles, sampleDigest, sampleEvidence } from '@catalog/testkit'
import { CatalogError, type QuarantinedFile } from '@catalog/types'
import { MAX_QUARANTINED } from '@catalog/types/adapter'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const old = sampleDigest(3)
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`
const ASIDE = `${PATH}.quarantined-1`
const AT = '2025-10-01T00:00:00.000Z'

async function openDownloaded(downloaded = wrong): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  await opened.catalog.register({ id: 'm', source: 'x', digest: right })
  await opened.catalog.downloads.begin('m')
  opened.files.put(PARTIAL, downloaded)
  return opened
}

function withoutNotes(files: FakeFiles): void {
  files.diagnoseFile = async () => []
}

async function quarantineOf({ catalog }: TestCatalog): Promise<readonly QuarantinedFile[] | undefined> {
  return (await catalog.get('m'))?.quarantine
}

async function finishWrong({ catalog }: TestCatalog): Promise<CatalogError> {
  const error: unknown = await catalog.downloads.finish('m').catch((each: unknown) => each)
  if (!(error instanceof CatalogError)) throw new Error('the download must be refused')
  expect(error.code).toBe('DIGEST_MISMATCH')
  return error
}

const ofOther: QuarantinedFile = { path: ASIDE, node: 'node-2', at: AT, sizeBytes: 1 }

describe('the record of a wrong file', () => {
  it('says nothing of what the file looks like if that cannot be told', async () => {
    const opened = await openDownloaded()
    withoutNotes(opened.files)
    const { details } = await finishWrong(opened)
    expect(details).not.toHaveProperty('diagnosis')
    const record = { path: ASIDE, node: 'node-1', at: AT, sizeBytes: 1024, digest: wrong }
    expect(await quarantineOf(opened)).toStrictEqual([record])
    expect((await opened.catalog.get('m'))?.failure).not.toHaveProperty('diagnosis')
  })

  it('names no file that another program has put at such a name', async () => {
    const opened = await openDownloaded()
    opened.files.put(ASIDE, old)
    await finishWrong(opened)
    expect(await quarantineOf(opened)).toMatchObject([{ path: `${PATH}.quarantined-2`, digest: wrong }])
    expect(opened.files.bytesOf(ASIDE)).toBe(old)
  })

  it('is made once if a crash ends the process before the file is moved', async () => {
    const opened = await openDownloaded()
    const { files } = opened
    await edit(opened.other, 'm', { quarantine: [ofOther] })
    const moveFile = files.moveFile.bind(files)
    files.moveFile = async (from, to) => {
      if (to === ASIDE) throw new Error('crash')
      return await moveFile(from, to)
    }
    await expect(opened.catalog.downloads.finish('m')).rejects.toThrow('crash')
    expect(await quarantineOf(opened)).toMatchObject([ofOther, { path: ASIDE, node: 'node-1' }])
    files.moveFile = moveFile
    await finishWrong(opened)
    expect(await quarantineOf(opened)).toMatchObject([ofOther, { path: ASIDE, node: 'node-1' }])
  })

  it('takes the place of the oldest if there are too many', async () => {
    const opened = await openDownloaded()
    const others = Array.from({ length: MAX_QUARANTINED }, (_, n) => ({ ...ofOther, path: `/other/${n}` }))
    await edit(opened.other, 'm', { quarantine: others })
    await finishWrong(opened)
    const paths = (await quarantineOf(opened))?.map(({ path }) => path)
    expect(paths).toEqual([...others.slice(1).map(({ path }) => path), ASIDE])
  })

  it('of another machine, or of a file that exists, outlives a download that is right', async () => {
    const opened = await openDownloaded(right)
    const { files, other, catalog } = opened
    const kept = { ...ofOther, node: 'node-1', path: `${PATH}.quarantined-2` }
    const gone = { ...kept, path: `${PATH}.quarantined-3` }
    files.put(kept.path, wrong)
    await edit(other, 'm', { quarantine: [ofOther, kept, gone, { ...ofOther, node: 'node-1' }] })
    expect((await catalog.downloads.finish('m')).quarantine).toEqual([ofOther, kept])
  })
})

describe('a file that made room', () => {
  it.each([
    ['was not read', (_: FakeFiles) => undefined],
    ['was changed since it was read', (files: FakeFiles) => files.put(PATH, old, 9)],
  ])('has no digest in its record if it %s', async (what, change) => {
    const opened = await openDownloaded(right)
    const { catalog, files } = opened
    files.put(PATH, old, 7)
    if (what !== 'was not read') await catalog.verify('m').catch(() => undefined)
    change(files)
    // Another size, so that the file does not count as the one that was downloaded.
    await edit(opened.other, 'm', { sizeBytes: 1024 })
    expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
    const [record] = (await quarantineOf(opened)) ?? []
    expect(record).toMatchObject({ path: ASIDE, sizeBytes: files.readFingerprint(ASIDE).sizeBytes })
    expect(record).not.toHaveProperty('digest')
  })
})

describe('what an older version kept by the name of the machine', () => {
  it.each([
    [right, 'Active'],
    [wrong, 'Failed'],
  ])('is replaced by what a finished download of %s finds', async (downloaded, state) => {
    const opened = await openDownloaded(downloaded)
    const { volume: _volume, ...evidence } = { ...sampleEvidence(old), outcome: 'mismatch' as const }
    await edit(opened.other, 'm', { evidence: { 'node-1': evidence, 'node-2': evidence } })
    await opened.catalog.downloads.finish('m').catch(() => undefined)
    const entry = await opened.catalog.get('m')
    expect(entry?.state).toBe(state)
    expect(Object.keys(entry?.evidence ?? {}).sort()).toEqual(['node-2', 'volume-1'])
  })
})

describe('what cannot be removed after a download', () => {
  const details = { operation: 'unlink', path: PARTIAL, errno: 'EACCES' }

  it.each([
    [right, 'Active'],
    [wrong, 'Failed'],
  ])('does not change its end: %s is %s', async (downloaded, state) => {
    const { catalog, files } = await openDownloaded(downloaded)
    files.put(`${PARTIAL}.checkpoint`, old)
    files.removeFile = async () => {
      throw new CatalogError('IO', 'unlink failed: EACCES', details)
    }
    const code = await catalog.downloads.finish('m').catch((error) => error.code)
    expect(code === 'DIGEST_MISMATCH').toBe(state === 'Failed')
    expect(await catalog.get('m')).toMatchObject({ state })
  })

  it.each([right, wrong])('hides no fault of the program: %s', async (downloaded) => {
    const { catalog, files } = await openDownloaded(downloaded)
    files.put(`${PARTIAL}.checkpoint`, old)
    files.removeFile = async () => {
      throw new TypeError('a fault')
    }
    await expect(catalog.downloads.finish('m')).rejects.toThrow('a fault')
  })
})
