import { sampleDigest, sampleEvidence, sampleVolume } from '@catalog/testkit'
import { CatalogError, type Evidence } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/m.gguf'

async function openVerified(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  opened.files.put(PATH, right)
  await opened.catalog.register({ id: 'm', source: 'x', digest: right })
  await opened.catalog.verify('m')
  return opened
}

function createIo(details: { readonly path?: string }): CatalogError {
  return new CatalogError('IO', 'lstat failed: EIO', { operation: 'lstat', errno: 'EIO', ...details })
}

describe('the standing of a model', () => {
  it.each([{ path: PATH }, {}])(
    'is unreadable if the system does not report what is there: %o',
    async (where) => {
      const { catalog, files } = await openVerified()
      files.special.set(PATH, createIo(where))
      expect(await catalog.standing('m')).toStrictEqual({ kind: 'unreadable', ...where })
    },
  )

  it('hides no fault of the program', async () => {
    const { catalog, files } = await openVerified()
    files.readFingerprint = () => {
      throw new TypeError('a fault')
    }
    await expect(catalog.standing('m')).rejects.toThrow('a fault')
  })

  it('is unread if the bytes that were read are not those that the entry means by now', async () => {
    const { catalog, other } = await openVerified()
    await edit(other, 'm', { digest: sampleDigest(2) })
    expect(await catalog.standing('m')).toEqual({ kind: 'unread' })
  })

  const { volume: _volume, anchor: _anchor, ...byHost } = sampleEvidence(right) as Evidence
  const away = (id: string, fields: object = {}) => ({ [id]: { ...byHost, volume: id, ...fields } })
  it.each<[string, Readonly<Record<string, Evidence>>, object]>([
    [
      'an anchor',
      { ...away('v8'), ...away('v9', { anchor: '/v9' }) },
      { kind: 'absent', path: PATH, anchor: '/v9' },
    ],
    ['no anchor', away('v8'), { kind: 'unanchored', path: PATH }],
    ['no name, on another machine', { 'node-2': byHost }, { kind: 'unread' }],
  ])('on volumes that are not here tells of %s', async (_, evidence, standing) => {
    const { catalog, other } = await openVerified()
    await edit(other, 'm', { evidence })
    expect(await catalog.standing('m')).toEqual(standing)
  })

  it('does not take a volume that is here, on which the model was not read, for one that is away', async () => {
    const { catalog, files, other } = await openVerified()
    files.volumes.present = [sampleVolume(), sampleVolume({ id: 'v8', dev: '8', isLocal: false })]
    await edit(other, 'm', { evidence: away('v8', { anchor: '/v8' }) })
    expect(await catalog.standing('m')).toEqual({ kind: 'unread' })
  })
})

describe('resolve', () => {
  it('asks the store for an id alone', async () => {
    const { catalog, store } = await openVerified()
    store.list = () => Promise.reject(new Error('more than it must'))
    expect(await catalog.resolve('m')).toMatchObject({ id: 'm' })
  })

  it('says which file it cannot vouch for', async () => {
    const { catalog, files } = await openVerified()
    files.volumes.present = [sampleVolume({ hasChangeTime: false })]
    const untold = { code: 'EVIDENCE_STALE', details: { id: 'm', path: PATH } }
    await expect(catalog.resolve('m')).rejects.toMatchObject(untold)
    files.volumes.present = [sampleVolume()]
    files.touchMode(PATH)
    await expect(catalog.resolve('m')).rejects.toMatchObject(untold)
  })

  it('does not take a file that cannot be examined for one that was never read, or is away', async () => {
    const { catalog, files, other } = await openVerified()
    files.special.set(PATH, createIo({ path: PATH }))
    files.volumes.absent.add('/models')
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'IO' })
    await edit(other, 'm', { evidence: {} })
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'IO' })
  })

  it('says of a file that is away with its directory which model and which path it is', async () => {
    const { catalog, files } = await openVerified()
    files.delete(PATH)
    files.volumes.absent.add('/models')
    await expect(catalog.resolve('m')).rejects.toMatchObject({
      code: 'FILE_MISSING',
      details: { id: 'm', path: PATH },
    })
  })

  it('says which model is not in the catalog', async () => {
    const { catalog } = await openTestCatalog()
    await expect(catalog.resolve('absent')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      details: { id: 'absent' },
    })
  })

  it('gives the directory of a set in the root that has its files', async () => {
    const { catalog, files } = await openTestCatalog()
    const toArchive = (path: string): string => path.replace('/models/', '/archive/')
    files.pathsOf = (reference) => [files.pathOf(reference), toArchive(files.pathOf(reference))]
    files.locate = async (references) => references.map((each) => toArchive(files.pathOf(each)))
    const parts = ['a', 'b'].map((path) => ({ path, digest: right }))
    for (const { path } of parts) files.put(`/archive/m/${path}`, right)
    await catalog.register({ id: 'm', source: 'x', files: parts })
    await catalog.verify('m')
    expect(await catalog.resolve('m')).toMatchObject({
      path: '/archive/m',
      paths: ['/archive/m/a', '/archive/m/b'],
    })
  })
})

it('an update that always loses to others is a CONFLICT with both revisions', async () => {
  const { catalog, store, other } = await openVerified()
  const lose = async (): Promise<void> => {
    const { revision } = await edit(other, 'm', { name: `n${store.commits}` })
    lost = revision
    store.beforeNextCommit(lose)
  }
  let lost = 0
  store.beforeNextCommit(lose)
  const conflict = await catalog.update('m', { tags: ['t'] }).catch((error) => error)
  expect(conflict).toMatchObject({
    code: 'CONFLICT',
    details: { id: 'm', expectedRevision: lost - 1, foundRevision: lost },
  })
})
