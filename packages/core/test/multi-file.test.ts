import { createHash } from 'node:crypto'
import { sampleDigest, sampleRegistration } from '@catalog/testkit'
import type { ModelFileInput, RegistrationInput } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, type TestCatalog, withoutDev } from './test-catalog.ts'

const config = { path: 'config.json', sizeBytes: 10, digest: sampleDigest(1) }
const weights = { path: 'weights/model.safetensors', sizeBytes: 2000, digest: sampleDigest(2) }
const PATHS = ['/models/m/config.json', '/models/m/weights/model.safetensors'] as const
// As `sha256sum` prints the files, sorted by path.
const LIST = `${config.digest}  config.json\n${weights.digest}  weights/model.safetensors\n`
const MANIFEST = createHash('sha256').update(LIST).digest('hex')

async function openRegistered(
  files: readonly ModelFileInput[] = [config, weights],
  fields: Partial<RegistrationInput> = {},
): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  await opened.catalog.register(sampleRegistration({ id: 'm', files, ...fields }))
  return opened
}

function putBoth({ files }: TestCatalog): void {
  files.put(PATHS[0], config.digest, config.sizeBytes)
  files.put(PATHS[1], weights.digest, weights.sizeBytes)
}

describe('a model of many files', () => {
  it('has the digest of its manifest, as anyone can compute it', async () => {
    const { catalog } = await openRegistered([weights, config])
    expect(await catalog.get('m')).toMatchObject({
      digest: MANIFEST,
      digestOrigin: 'caller',
      state: 'Pending',
    })
    expect(await catalog.modelPath('m')).toBe('/models/m')
  })

  it('becomes Active with a fingerprint for every file', async () => {
    const opened = await openRegistered()
    putBoth(opened)
    const entry = await opened.catalog.verify('m')
    expect(entry).toMatchObject({ state: 'Active', digest: MANIFEST, files: [config, weights] })
    expect(entry.evidence?.['volume-1']).toMatchObject({
      outcome: 'match',
      digest: MANIFEST,
      bytes: 2010,
      files: PATHS.map((path, index) => ({
        path: [config, weights][index]?.path,
        fingerprint: withoutDev(opened.files.readFingerprint(path)),
      })),
    })
    expect(entry.evidence?.['volume-1']).not.toHaveProperty('fingerprint')
  })

  it('computes what was not declared', async () => {
    const opened = await openRegistered([
      { path: config.path },
      { path: weights.path, digest: weights.digest },
    ])
    expect(await opened.catalog.get('m')).toMatchObject({ digest: null, files: [{ path: config.path }, {}] })
    putBoth(opened)
    expect(await opened.catalog.verify('m')).toMatchObject({
      digest: MANIFEST,
      digestOrigin: 'computed',
      files: [config, weights],
      state: 'Active',
    })
  })

  it('has the digest of the caller where an entry has those of all its files, and none of them together', async () => {
    const opened = await openRegistered()
    const { digestOrigin: _, ...entry } = await edit(opened.other, 'm', { digest: null })
    await plant(opened.other, entry)
    putBoth(opened)
    const { files, backing } = opened
    const { catalog } = await openTestCatalog({ files, backing, policy: { requireDigestOrigin: ['caller'] } })
    expect(await catalog.verify('m')).toMatchObject({
      digest: MANIFEST,
      digestOrigin: 'caller',
      state: 'Active',
    })
  })

  it('is refused where the declared digest is not that of the files', async () => {
    const { catalog } = await openTestCatalog()
    const digest = sampleDigest(9)
    await expect(
      catalog.register(sampleRegistration({ id: 'm', files: [config], digest })),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { problems: [{ field: 'digest' }] } })
  })

  it.each([
    ['no files', []],
    ['one path twice', [config, config]],
    ['paths that differ only in case', [config, { path: 'CONFIG.json' }]],
    ['a file below another', [config, { path: 'config.json/x' }]],
    ['a path out of the directory', [{ path: '../x' }]],
    ['an unknown field', [{ ...config, size: 1 }]],
    ['too many files', Array.from({ length: 2001 }, (_, index) => ({ path: `${index}` }))],
  ])('is refused with %s', async (_what, files) => {
    const { catalog } = await openTestCatalog()
    await expect(catalog.register(sampleRegistration({ id: 'm', files }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('is not usable while a file is missing, and nothing is read', async () => {
    const opened = await openRegistered()
    opened.files.put(PATHS[0], config.digest, config.sizeBytes)
    const verifying = opened.catalog.verify('m')
    await expect(verifying).rejects.toMatchObject({
      code: 'FILE_MISSING',
      details: { id: 'm', path: PATHS[1] },
    })
    expect(opened.files.read).toEqual([])
    expect(await opened.catalog.get('m')).toMatchObject({ state: 'Pending' })
  })

  it('fails with the file that has the wrong bytes', async () => {
    const opened = await openRegistered()
    putBoth(opened)
    opened.files.put(PATHS[1], sampleDigest(3), weights.sizeBytes)
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { id: 'm', path: PATHS[1], expected: weights.digest, found: sampleDigest(3) },
    })
    expect(await opened.catalog.get('m')).toMatchObject({
      state: 'Failed',
      digest: MANIFEST,
      failure: { path: PATHS[1], diagnosis: [{ kind: 'zeros' }] },
      evidence: { 'volume-1': { outcome: 'mismatch', files: [{ path: weights.path }] } },
    })
  })

  it('names the first wrong file of the manifest, whichever was read first, and has evidence of all wrong ones', async () => {
    const opened = await openRegistered()
    for (const path of PATHS) opened.files.put(path, sampleDigest(3), path === PATHS[0] ? 10 : 2000)
    opened.files.duringRead = (path) =>
      path === PATHS[0] ? new Promise((resolve) => setTimeout(resolve, 5)) : undefined
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
      details: { path: PATHS[0], expected: config.digest },
    })
    expect((await opened.catalog.get('m'))?.evidence?.['volume-1']).toMatchObject({
      outcome: 'mismatch',
      bytes: 2010,
      files: [{ path: config.path }, { path: weights.path }],
    })
    // Neither counts as present, so that one download fetches both.
    const download = await opened.catalog.downloads.begin('m')
    expect(download).toMatchObject({ files: [{ isPresent: false }, { isPresent: false }] })
  })

  it('fails with the file that has the wrong size, and nothing is read', async () => {
    const opened = await openRegistered()
    putBoth(opened)
    opened.files.put(PATHS[1], weights.digest, 1999)
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({
      code: 'SIZE_MISMATCH',
      details: { id: 'm', path: PATHS[1], expectedBytes: 2000, foundBytes: 1999 },
    })
    expect(opened.files.read).toEqual([])
    expect(await opened.catalog.get('m')).toMatchObject({ state: 'Failed' })
  })

  it('tells how far all files have come together', async () => {
    const opened = await openRegistered()
    putBoth(opened)
    const seen: number[] = []
    await opened.catalog.verify('m', undefined, {
      onProgress: ({ doneBytes, totalBytes }) => seen.push(doneBytes, totalBytes),
    })
    expect(seen).toEqual([10, 2010, 2010, 2010])
  })

  it('may lie in a directory elsewhere', async () => {
    const opened = await openRegistered(undefined, { location: '/srv/m' })
    opened.files.put('/srv/m/config.json', config.digest, config.sizeBytes)
    opened.files.put('/srv/m/weights/model.safetensors', weights.digest, weights.sizeBytes)
    await opened.catalog.verify('m')
    expect(await opened.catalog.resolve('m')).toMatchObject({
      path: '/srv/m',
      paths: ['/srv/m/config.json', '/srv/m/weights/model.safetensors'],
      sizeBytes: 2010,
    })
  })

  it('goes back to verification once one of its files changed', async () => {
    const opened = await openRegistered()
    putBoth(opened)
    await opened.catalog.verify('m')
    opened.files.put(PATHS[0], config.digest, config.sizeBytes)
    await expect(opened.catalog.resolve('m')).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      details: { id: 'm', path: PATHS[0] },
    })
    expect(await opened.catalog.get('m')).toMatchObject({ state: 'Pending' })
  })

  it('is CONFLICT where its list of files changed while it was read', async () => {
    const opened = await openRegistered()
    putBoth(opened)
    opened.files.duringRead = async () => {
      opened.files.duringRead = () => undefined
      await opened.catalog.update('m', { files: [config] })
    }
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await opened.catalog.get('m')).toMatchObject({ state: 'Pending', files: [config] })
  })

  it('is CONFLICT where a size or digest that was declared meanwhile is not the one that was read', async () => {
    const bare = [config, weights].map(({ path }) => ({ path }))
    for (const fields of [{ sizeBytes: 11 }, { digest: sampleDigest(3) }]) {
      const opened = await openRegistered(bare, { digest: MANIFEST })
      putBoth(opened)
      const files = [{ path: config.path, ...fields }, { path: weights.path }]
      opened.store.beforeNextCommit(() => edit(opened.other, 'm', { files: files as never }))
      await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await opened.catalog.get('m')).toMatchObject({ state: 'Pending', files })
    }
  })

  it('is not a failure if the size that was missed is no longer the declared one', async () => {
    const opened = await openRegistered([{ ...config, sizeBytes: 11 }, weights])
    putBoth(opened)
    const files = [config, weights]
    opened.store.beforeNextCommit(() => edit(opened.other, 'm', { files: files as never }))
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await opened.catalog.verify('m')).toMatchObject({ state: 'Active' })
  })

  it('is changed to no digest that is not the one of its files', async () => {
    const { catalog } = await openRegistered()
    const wrong = catalog.update('m', { digest: sampleDigest(3) })
    await expect(wrong).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'digest' }] },
    })
    expect(await catalog.update('m', { digest: MANIFEST })).toMatchObject({ revision: 1 })
  })
})
