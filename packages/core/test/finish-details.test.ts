import { sampleDigest, sampleEvidence } from '@catalog/testkit'
import { CatalogError, type RegistrationInput } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const [right, wrong] = [sampleDigest(1), sampleDigest(2)]
const PATH = '/models/m.gguf'
const PARTIAL = `${PATH}.partial`

/** A model that is being downloaded. */
async function openBegun(fields: Partial<RegistrationInput> = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog({ holder: 'a' })
  await opened.catalog.register({ id: 'm', source: 'x', digest: right, ...fields })
  await opened.catalog.downloads.begin('m')
  return opened
}

describe('finishing a download', () => {
  it('succeeds though what it leaves behind cannot be removed', async () => {
    const { catalog, files } = await openBegun()
    files.put(PARTIAL, right)
    files.put(`${PARTIAL}.checkpoint`, wrong)
    files.removeFile = () => Promise.reject(new CatalogError('IO', 'cannot', { operation: 'unlink' }))
    expect(await catalog.downloads.finish('m')).toMatchObject({ state: 'Active' })
  })

  it('reads nothing of a partial file of the wrong size, and does not say that it gets its name', async () => {
    const { catalog, files } = await openBegun({ sizeBytes: 1024 })
    files.put(PARTIAL, right, 2048)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    expect(files.read).toEqual([])
    const history = await catalog.history.of('m')
    expect(history.filter(({ entry }) => entry?.download?.placing === true)).toEqual([])
  })

  it('leaves no evidence of right bytes to a model that it makes Failed', async () => {
    const { catalog, files, other } = await openBegun({ sizeBytes: 1024 })
    files.put(PARTIAL, right, 2048)
    files.syncFile = async () => {
      files.put(PATH, right)
      await catalog.verify('m')
      await edit(other, 'm', { state: 'Pending' })
    }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    const entry = await catalog.get('m')
    expect(entry?.state).toBe('Failed')
    expect(entry).not.toHaveProperty('evidence')
  })

  it('records that what came was wrong for a model that is Active by another volume alone', async () => {
    const { catalog, files, other } = await openBegun()
    const evidence = { 'volume-2': { ...sampleEvidence(right), volume: 'volume-2' } }
    await edit(other, 'm', { state: 'Active', evidence })
    files.put(PARTIAL, wrong)
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const found = { 'volume-1': { outcome: 'mismatch', digest: wrong } }
    expect(await catalog.get('m')).toMatchObject({ state: 'Active', evidence: { ...evidence, ...found } })
  })
})
