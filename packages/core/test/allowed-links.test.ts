import { type FakeFiles, sampleDigest } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const HUB = '/hub'
const MODEL = `${HUB}/snapshots/abc`
const BLOBS = `${HUB}/blobs`
const FILES = ['config.json', 'model.gguf']
const PATHS = FILES.map((file) => `${MODEL}/${file}`)
const [config = '', model = ''] = PATHS
const IN_PLACE = { location: MODEL, linksInto: BLOBS }
const refused = { code: 'NOT_A_REGULAR_FILE', details: { id: 'm' } }

/** A snapshot as hub caches keep it: every file is a link into `blobs`. */
function writeSnapshot(files: FakeFiles, hub = HUB): void {
  for (const [index, file] of FILES.entries()) {
    files.put(`${hub}/blobs/${index}`, sampleDigest(index), 100)
    files.makeLink(`${hub}/blobs/${index}`, `${hub}/snapshots/abc/${file}`)
  }
  files.put(`${hub}/blobs/other`, sampleDigest(7), 100)
  files.put('/secret', sampleDigest(8), 100)
}

const registration = { id: 'm', source: 'hf:org/m', files: FILES.map((path) => ({ path })), ...IN_PLACE }

async function openRegistered(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  writeSnapshot(opened.files)
  await opened.catalog.register(registration)
  return opened
}

async function openActive(): Promise<TestCatalog> {
  const opened = await openRegistered()
  await opened.catalog.verify('m')
  return opened
}

it('a model whose links lead into the directory is verified, resolved, opened, located and audited', async () => {
  const { catalog, files } = await openActive()
  expect(await catalog.get('m')).toMatchObject({ state: 'Active', ...IN_PLACE })
  expect(await catalog.resolve('m')).toMatchObject({ path: MODEL, paths: PATHS })
  await using opened = await catalog.openVerified('m')
  const blobs = [0, 1].map((index) => files.readFingerprint(`${BLOBS}/${index}`))
  expect(opened.files.map(({ fingerprint }) => fingerprint)).toEqual(blobs)
  expect(await catalog.locate('m')).toMatchObject([{ paths: PATHS }])
  expect(await catalog.standing('m')).toMatchObject({ kind: 'in-order' })
  expect(await catalog.upkeep.audit()).toMatchObject({ checked: 1, right: 1 })
  expect(await catalog.upkeep.doctor()).toMatchObject({ findings: [] })
})

it('without the directory the same model is refused, as always', async () => {
  const { catalog, files } = await openTestCatalog()
  writeSnapshot(files)
  const { linksInto: _, ...plain } = registration
  await catalog.register(plain)
  await expect(catalog.verify('m')).rejects.toMatchObject(refused)
})

it('a link that leads out of the directory is refused before a byte is read', async () => {
  const { catalog, files } = await openRegistered()
  files.makeLink('/secret', model)
  await expect(catalog.verify('m')).rejects.toMatchObject(refused)
  expect(files.read).toEqual([])
})

it('a link that leads to another file of the directory by now is a change, and the model is Pending', async () => {
  const { catalog, files } = await openActive()
  files.makeLink(`${BLOBS}/other`, model)
  expect(await catalog.upkeep.doctor()).toMatchObject({ findings: [{ id: 'm', path: model }] })
  await expect(catalog.openVerified('m')).rejects.toMatchObject({
    code: 'FILE_CHANGED',
    details: { path: model },
  })
  expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
})

it('a link that leads out of the directory by now is not served, and a plan calls it special', async () => {
  const { catalog, files } = await openActive()
  files.makeLink('/secret', model)
  await expect(catalog.resolve('m')).rejects.toMatchObject({ ...refused, details: { path: model } })
  await expect(catalog.openVerified('m')).rejects.toMatchObject(refused)
  await expect(catalog.verify('m')).rejects.toMatchObject(refused)
  expect(await catalog.upkeep.doctor()).toMatchObject({ findings: [{ id: 'm', kind: 'special-file' }] })
})

it('a directory below the location that becomes a link out of it is not served', async () => {
  const { catalog, files } = await openTestCatalog()
  const path = `${MODEL}/d/m.gguf`
  files.put(path, sampleDigest(1))
  await catalog.register({ ...registration, files: [{ path: 'd/m.gguf' }] })
  await catalog.verify('m')
  files.put('/away/m.gguf', sampleDigest(1))
  files.delete(path)
  files.makeLink('/away', `${MODEL}/d`)
  await expect(catalog.resolve('m')).rejects.toMatchObject({ ...refused, details: { path } })
})

it('a link that leads nowhere is a missing file', async () => {
  const { catalog, files } = await openActive()
  files.makeLink(`${BLOBS}/gone`, config)
  await expect(catalog.resolve('m')).rejects.toMatchObject({
    code: 'FILE_MISSING',
    details: { path: config },
  })
})

it('another directory is another model: it is Pending, and has no evidence', async () => {
  const { catalog } = await openActive()
  const changed = await catalog.update('m', { ...IN_PLACE, linksInto: HUB })
  expect(changed).toMatchObject({ state: 'Pending', linksInto: HUB })
  expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
  expect(await catalog.update('m', { location: MODEL })).not.toHaveProperty('linksInto')
  await expect(catalog.verify('m')).rejects.toMatchObject(refused)
})

it('a new place takes the directory with it, and one alone is INVALID_INPUT', async () => {
  const { catalog } = await openActive()
  await expect(catalog.update('m', { linksInto: HUB })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(await catalog.update('m', { file: 'm' })).not.toHaveProperty('linksInto')
  await catalog.update('m', IN_PLACE)
  expect(await catalog.update('m', { linksInto: null })).toMatchObject({ location: MODEL })
  await catalog.update('m', IN_PLACE)
  const without = await catalog.update('m', { location: null })
  expect([without.location, without.linksInto]).toEqual([undefined, undefined])
})

it('a change of the directory while files are read is a CONFLICT', async () => {
  const { catalog, files, other } = await openRegistered()
  let left = 1
  files.duringRead = async () => {
    if (left-- > 0) await edit(other, 'm', { linksInto: HUB })
  }
  await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await catalog.get('m')).toMatchObject({ state: 'Pending', linksInto: HUB })
})

it('a file that is verified elsewhere has no links of its own', async () => {
  const { catalog, files } = await openTestCatalog()
  writeSnapshot(files)
  await catalog.register({ id: 'm', source: 'x', location: model, linksInto: BLOBS })
  expect(await catalog.verify('m')).toMatchObject({ state: 'Active', linksInto: BLOBS })
  expect(await catalog.verify('m', `${BLOBS}/1`)).not.toHaveProperty('linksInto')
})

it('nothing is downloaded to where links may be', async () => {
  const { catalog, files } = await openRegistered()
  const begun = catalog.downloads.begin('m', { inPlace: true })
  await expect(begun).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  expect(files.done).toEqual([])
})

it('nothing that links lead to is collected or shared, also below the root', async () => {
  const { catalog, files, clock } = await openTestCatalog()
  const hub = '/models/hub'
  writeSnapshot(files, hub)
  await catalog.register({ ...registration, location: `${hub}/snapshots/abc`, linksInto: `${hub}/blobs` })
  await catalog.verify('m')
  files.put('/models/same.gguf', sampleDigest(1), 100)
  await catalog.register({ id: 'same', source: 'x', file: 'same.gguf' })
  await catalog.verify('same')
  clock.advance(10_000)
  const collected = await catalog.upkeep.collect({ orphans: ['**'], olderThanMs: 1 })
  expect(collected.findings.map(({ path }) => path)).toEqual([`${hub}/blobs/other`])
  for (const method of ['reference', 'hard-link', 'reflink'] as const)
    expect(await catalog.upkeep.dedupe({ method })).toMatchObject({ actions: [] })
})
