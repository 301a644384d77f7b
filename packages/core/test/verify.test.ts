import { sampleDigest, sampleEntry, sampleEvidence, sampleRegistration } from '@catalog/testkit'
import { CatalogError, isCatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, plant, withoutDev } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'

async function openRegistered(fields: object = { digest: right }): ReturnType<typeof openTestCatalog> {
  const opened = await openTestCatalog()
  await opened.catalog.register(sampleRegistration({ id: 'm', ...fields }))
  return opened
}

describe('verify', () => {
  it('makes a model with the right bytes Active, with evidence of this node', async () => {
    const { catalog, files, clock } = await openRegistered()
    files.put(PATH, right)
    clock.advance(1000)
    const entry = await catalog.verify('m', undefined, { actor: 'ops', reason: 'arrived' })
    const at = '2025-10-01T00:00:01.000Z'
    expect(entry).toMatchObject({ state: 'Active', verifiedAt: at, digestOrigin: 'caller', revision: 2 })
    expect(entry.evidence).toEqual({
      'volume-1': {
        ...sampleEvidence(right),
        fingerprint: {
          ...withoutDev(files.readFingerprint(PATH)),
          directory: { ino: '2', birthtimeNs: '1' },
        },
        bootId: 'boot-1',
        at,
      },
    })
    expect((await catalog.history.changes()).at(-1)).toMatchObject({
      operation: 'verify',
      actor: 'ops',
      reason: 'arrived',
      entry,
    })
  })

  it('takes its options with a path or without one', async () => {
    const { catalog, files } = await openRegistered()
    files.put('/other/m.gguf', right)
    await catalog.verify('m', '/other/m.gguf', { actor: 'ada' })
    await catalog.verify('m', { actor: 'bob', reason: 'again' })
    const [, first, second] = await catalog.history.of('m')
    expect(first).toMatchObject({ operation: 'verify', actor: 'ada' })
    expect(second).toMatchObject({ operation: 'verify', actor: 'bob', reason: 'again' })
  })

  it('recognises the file of another model', async () => {
    const { catalog, files } = await openRegistered()
    await catalog.register(sampleRegistration({ id: 'other', digest: wrong }))
    files.put(PATH, wrong)
    const diagnosis = [{ kind: 'other-entry', text: 'this is the file of other' }]
    await expect(catalog.verify('m')).rejects.toMatchObject({ details: { diagnosis } })
    expect((await catalog.get('m'))?.failure).toMatchObject({ diagnosis })
  })

  it('records the digest that it computed where none was declared', async () => {
    const { catalog, files } = await openRegistered({})
    files.put(PATH, right)
    expect(await catalog.verify('m')).toMatchObject({
      state: 'Active',
      digest: right,
      digestOrigin: 'computed',
    })
    files.put(PATH, wrong)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('makes a model with wrong bytes Failed, and rejects once that is recorded', async () => {
    const { catalog, files } = await openRegistered()
    files.put(PATH, wrong, 5)
    const details = { id: 'm', path: PATH, expected: right, found: wrong, sizeBytes: 5 }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', details })
    const failure = { reason: 'digest-mismatch', expected: right, found: wrong, node: 'node-1', path: PATH }
    expect(await catalog.get('m')).toMatchObject({
      state: 'Failed',
      failure,
      verifiedAt: null,
      evidence: { 'volume-1': { outcome: 'mismatch', digest: wrong, bytes: 5 } },
    })
  })

  it('leaves a verified model alone when another file is found wrong', async () => {
    const { catalog, files } = await openRegistered()
    files.put(PATH, right)
    files.put('/elsewhere/m.gguf', wrong)
    const verified = await catalog.verify('m')
    await expect(catalog.verify('m', '/elsewhere/m.gguf')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toEqual(verified)
  })

  it('makes a Failed model Active again once its bytes are right', async () => {
    const { catalog, files } = await openRegistered()
    files.put(PATH, wrong)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    files.put(PATH, right)
    const entry = await catalog.verify('m')
    expect(entry).toMatchObject({ state: 'Active' })
    expect(entry.failure).toBeUndefined()
  })

  it('leaves a Retired model Retired, unless its bytes are wrong', async () => {
    const { catalog, files } = await openRegistered()
    await catalog.setState('m', 'Retired')
    files.put(PATH, right)
    expect(await catalog.verify('m')).toMatchObject({
      state: 'Retired',
      evidence: { 'volume-1': { outcome: 'match' } },
    })
    expect(await catalog.setState('m', 'Active')).toMatchObject({ state: 'Active' })
    await catalog.setState('m', 'Retired')
    files.put(PATH, wrong)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed' })
  })

  it('does not read a file of another size than declared', async () => {
    const { catalog, files } = await openRegistered({ digest: right, sizeBytes: 2000 })
    files.put(PATH, right, 1024)
    const details = { id: 'm', path: PATH, expectedBytes: 2000, foundBytes: 1024 }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'SIZE_MISMATCH', details })
    const failure = { reason: 'size-mismatch', expected: '2000', found: '1024' }
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', failure })
    expect(files.read).toEqual([])
  })

  it('is FILE_CHANGED, and changes nothing, if the file is another by the time it is read', async () => {
    const { catalog, files } = await openRegistered({ sizeBytes: 1024 })
    files.put(PATH, right, 1024)
    const statFile = files.statFile.bind(files)
    files.statFile = async (path) => {
      const fingerprint = await statFile(path)
      files.put(PATH, right, 999)
      return fingerprint
    }
    const changed = { code: 'FILE_CHANGED', details: { id: 'm', path: PATH } }
    await expect(catalog.verify('m')).rejects.toMatchObject(changed)
    expect(await catalog.get('m')).toMatchObject({ state: 'Pending', digest: null })
  })

  it('leaves a model Active that another node has right', async () => {
    const { catalog, files, backing } = await openRegistered()
    const there = await openTestCatalog({ backing, node: 'constructor' })
    there.files.put(PATH, right)
    await there.catalog.verify('m')
    files.put(PATH, wrong)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const evidence = { 'volume-1': { outcome: 'mismatch' }, constructor: { outcome: 'match' } }
    const entry = await catalog.get('m')
    expect(entry).toMatchObject({ state: 'Active', evidence })
    expect(entry?.failure).toBeUndefined()
  })

  it('rejects and changes nothing where the file is missing', async () => {
    const { catalog, store } = await openRegistered()
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(catalog.verify('absent')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await store.changes(0)).toMatchObject([{ revision: 1 }, { revision: 1, isUnchanged: true }])
  })

  it.each([
    new CatalogError('FILE_CHANGED', 'changed', { path: PATH, changed: ['mtimeNs'] }),
    new CatalogError('NOT_A_REGULAR_FILE', 'a fifo', { path: PATH, kind: 'fifo' }),
    new CatalogError('IO', 'bad sector', { operation: 'read', errno: 'EIO' }),
    new RangeError('not of ours'),
  ])('rejects and changes nothing where reading ends with %s', async (error) => {
    const { catalog, files, store } = await openRegistered()
    files.put(PATH, right)
    files.duringRead = () => Promise.reject(error)
    const rejected: unknown = await catalog.verify('m').catch((reason: unknown) => reason)
    // Of errors about the file the catalog knows whose file it is.
    expect([rejected, (rejected as Error).cause]).toContain(error)
    if (isCatalogError(rejected) && 'path' in rejected.details && !isCatalogError(rejected, 'IO')) {
      expect(rejected).toMatchObject({ code: (error as CatalogError).code, details: { id: 'm', path: PATH } })
    }
    expect((await store.changes(0)).filter(({ isUnchanged }) => isUnchanged !== true)).toHaveLength(1)
  })

  it('rejects with the reason of the signal and changes nothing, whenever it comes', async () => {
    const { catalog, files, store } = await openRegistered()
    files.put(PATH, right)
    const reason = new Error('shutting down')
    await expect(catalog.verify('m', undefined, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(files.read).toEqual([])
    const controller = new AbortController()
    const onProgress = (): void => controller.abort(reason)
    await expect(catalog.verify('m', undefined, { signal: controller.signal, onProgress })).rejects.toBe(
      reason,
    )
    expect(store.commits).toBe(1)
  })

  it('never shows the source in an error', async () => {
    const source = 'https://user:hunter2@example.org/m.gguf?token=hunter2'
    const { catalog, files } = await openRegistered({ source, digest: right })
    files.put(PATH, wrong)
    const error = await catalog.verify('m').catch((thrown: unknown) => thrown)
    expect(String(error) + JSON.stringify(error)).not.toContain('hunter2')
  })
})

describe('verify with a path', () => {
  it.each([
    ['inside the root', '/models/other/m.bin', { file: 'other/m.bin' }],
    ['outside the root', '/srv/m.bin', { location: '/srv/m.bin' }],
    ['from the working directory', 'm.bin', { location: '/current/m.bin' }],
  ])('makes the model refer to a right file %s', async (_, path, reference) => {
    const { catalog, files } = await openRegistered()
    const absolute = files.pathOf(files.referenceTo(path))
    files.put(absolute, right)
    expect(await catalog.verify('m', path)).toMatchObject({ state: 'Active', ...reference })
    expect(await catalog.modelPath('m')).toBe(absolute)
  })

  it('leaves the reference where the file is wrong', async () => {
    const { catalog, files } = await openRegistered()
    files.put('/srv/m.gguf', wrong)
    await expect(catalog.verify('m', '/srv/m.gguf')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.modelPath('m')).toBe(PATH)
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', failure: { path: '/srv/m.gguf' } })
  })

  it('leaves the reference where the path is the own one', async () => {
    const { catalog, files } = await openRegistered()
    files.put(PATH, right)
    expect((await catalog.verify('m', PATH)).file).toBeUndefined()
  })

  it('goes back inside the root from a place outside', async () => {
    const { catalog, files, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'm', digest: right, location: '/srv/m.gguf' }))
    files.put(PATH, right)
    const entry = await catalog.verify('m', PATH)
    expect(entry).toMatchObject({ file: 'm.gguf' })
    expect(entry.location).toBeUndefined()
  })

  it.each(['', 'a\0b', 7, '/models/catalog.json'])('refuses %j before it reads', async (path) => {
    const { catalog, files } = await openRegistered()
    files.put('/models/catalog.json', right)
    await expect(catalog.verify('m', path as string)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(files.read).toEqual([])
  })
})
