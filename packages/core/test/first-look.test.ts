import { sampleDigest } from '@catalog/testkit'
import type { DiagnosisNote } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

const bytes = sampleDigest(1)
const PATH = '/models/m.gguf'
const PAGE: readonly DiagnosisNote[] = [{ kind: 'html-page', text: 'a web page was saved' }]

/** A model whose file is a web page. */
async function openWithPage(fields: object = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  await opened.catalog.register({ id: 'm', source: 'https://models.example/m.gguf', ...fields })
  opened.files.put(PATH, bytes)
  opened.files.refusals.set(PATH, PAGE)
  return opened
}

describe('a file without a declared digest that cannot be a model', () => {
  it('makes the model Failed when it is verified, and takes no digest from it', async () => {
    const { catalog, files } = await openWithPage()
    const details = { id: 'm', path: PATH, diagnosis: PAGE }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL', details })
    const failure = { reason: 'not-a-model', expected: 'model', found: 'html-page', path: PATH }
    expect(await catalog.get('m')).toMatchObject({
      state: 'Failed',
      digest: null,
      failure: { ...failure, diagnosis: PAGE },
    })
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
    files.refusals.clear()
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digest: bytes })
  })

  it('is refused at a new path, and leaves the verified model alone', async () => {
    const { catalog, files } = await openWithPage()
    files.put('/else/m.gguf', sampleDigest(2))
    files.refusals.set('/else/m.gguf', PAGE)
    files.refusals.delete(PATH)
    await catalog.register({ id: 'n', source: 'hf:org/n' })
    await expect(catalog.verify('n', '/else/m.gguf')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })

  it('is quarantined when a download is finished', async () => {
    const { catalog, files } = await openWithPage()
    files.delete(PATH)
    files.refusals.clear()
    const partialPath = `${PATH}.partial`
    await catalog.downloads.begin('m')
    files.put(partialPath, bytes)
    files.refusals.set(partialPath, PAGE)
    const path = `${PATH}.quarantined-1`
    const details = { path, diagnosis: PAGE, isQuarantined: true }
    await expect(catalog.downloads.finish('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL', details })
    expect(await catalog.get('m')).toMatchObject({
      state: 'Failed',
      failure: { reason: 'not-a-model' },
      quarantine: [{ path, diagnosis: PAGE }],
    })
  })

  it('is found by an audit that reads a model verified before', async () => {
    const { catalog, files } = await openWithPage()
    files.refusals.clear()
    await catalog.verify('m')
    files.refusals.set(PATH, PAGE)
    const { wrong } = await catalog.upkeep.audit()
    expect(wrong).toEqual([{ id: 'm', code: 'NOT_A_MODEL', path: PATH }])
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', failure: { reason: 'not-a-model' } })
  })

  it('is refused when a plan is applied, and again when it is applied again', async () => {
    const { catalog, files } = await openWithPage()
    files.refusals.clear()
    await catalog.verify('m')
    files.put(PATH, bytes)
    files.refusals.set(PATH, PAGE)
    const plan = await catalog.upkeep.doctor()
    for (const _time of ['first', 'again']) {
      const { failed } = await catalog.upkeep.apply(plan)
      expect(failed).toMatchObject([{ code: 'NOT_A_MODEL' }])
    }
  })

  it('is refused as one file of several', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'hf:org/m', files: [{ path: 'a.bin' }, { path: 'b.bin' }] })
    for (const name of ['a', 'b']) files.put(`/models/m/${name}.bin`, sampleDigest(name.charCodeAt(0)))
    files.refusals.set('/models/m/b.bin', PAGE)
    const details = { path: '/models/m/b.bin', diagnosis: PAGE }
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL', details })
  })
})

describe('a file whose digest was declared', () => {
  it('is what the caller declares, even if it looks like something else', async () => {
    const { catalog } = await openWithPage({ digest: bytes })
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })

  it('is so too when the digest is declared after the refusal', async () => {
    const { catalog } = await openWithPage()
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    await catalog.update('m', { digest: bytes })
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  })

  it('has its own answer if other bytes are found', async () => {
    const { catalog } = await openWithPage({ digest: sampleDigest(2) })
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('is declared for one file of several alone', async () => {
    const { catalog, files } = await openTestCatalog()
    const parts = [{ path: 'a.bin', digest: bytes }, { path: 'b.bin' }]
    await catalog.register({ id: 'm', source: 'hf:org/m', files: parts })
    files.put('/models/m/a.bin', bytes)
    files.put('/models/m/b.bin', sampleDigest(2))
    files.refusals.set('/models/m/a.bin', PAGE)
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
    // By now the set has a digest that was computed.
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digestOrigin: 'computed' })
  })
})

describe('a file whose name states its digest', () => {
  const blob = (seed: number): string => `/ollama/blobs/sha256-${sampleDigest(seed)}`

  it('has a declared digest, and its bytes are what is meant', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'x' })
    files.put(blob(1), sampleDigest(1))
    files.refusals.set(blob(1), PAGE)
    expect(await catalog.verify('m', blob(1))).toMatchObject({
      state: 'Active',
      digest: sampleDigest(1),
      digestOrigin: 'name',
    })
  })

  it('is wrong with other bytes, and the model has no digest of it', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'x' })
    files.put(blob(1), sampleDigest(2))
    const details = { expected: sampleDigest(1), found: sampleDigest(2) }
    await expect(catalog.verify('m', blob(1))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', details })
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', digest: null })
  })

  it('is judged by the digest that the caller declared, if there is one', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'x', digest: sampleDigest(2) })
    files.put(blob(1), sampleDigest(2))
    expect(await catalog.verify('m', blob(1))).toMatchObject({ state: 'Active', digest: sampleDigest(2) })
  })

  it('is not looked at, also if the model has a digest that was computed', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'x' })
    files.put(PATH, sampleDigest(1))
    await catalog.verify('m')
    files.put(blob(1), sampleDigest(1))
    files.refusals.set(blob(1), PAGE)
    expect(await catalog.verify('m', blob(1))).toMatchObject({ state: 'Active', location: blob(1) })
  })

  it('is one of several, and is judged alone', async () => {
    const { catalog, files } = await openTestCatalog()
    const parts = [1, 2].map((seed) => ({ path: `blobs/sha256-${sampleDigest(seed)}` }))
    await catalog.register({ id: 'm', source: 'x', files: parts })
    for (const [index, { path }] of parts.entries()) files.put(`/models/m/${path}`, sampleDigest(index + 1))
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active', digestOrigin: 'name' })
    files.put(`/models/m/${parts[1]?.path}`, sampleDigest(3))
    await expect(catalog.verify('m')).rejects.toMatchObject({
      details: { expected: sampleDigest(2), found: sampleDigest(3) },
    })
  })
})

describe('what a first look found', () => {
  const tail = [{ kind: 'zeros', text: 'the last 4096 bytes are zeros' }]

  it('is in the evidence, also if it is nothing', async () => {
    const { catalog, files } = await openWithPage()
    files.refusals.clear()
    expect((await catalog.verify('m')).evidence).toMatchObject({ 'volume-1': { look: [] } })
    files.notes.set(PATH, tail)
    expect((await catalog.verify('m')).evidence).toMatchObject({ 'volume-1': { look: tail } })
  })

  it('is in the evidence of a refusal, and absent if the digest is declared', async () => {
    const { catalog } = await openWithPage()
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'NOT_A_MODEL' })
    expect((await catalog.get('m'))?.evidence).toMatchObject({
      'volume-1': { outcome: 'mismatch', look: PAGE },
    })
    await catalog.update('m', { digest: bytes })
    expect((await catalog.verify('m')).evidence?.['volume-1']).not.toHaveProperty('look')
  })

  it('names the file of several', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'x', files: [{ path: 'a.bin' }, { path: 'b.bin' }] })
    for (const name of ['a', 'b']) files.put(`/models/m/${name}.bin`, sampleDigest(1))
    files.notes.set('/models/m/b.bin', tail)
    const look = [{ kind: 'zeros', text: 'b.bin: the last 4096 bytes are zeros' }]
    expect((await catalog.verify('m')).evidence).toMatchObject({ 'volume-1': { look } })
  })
})
