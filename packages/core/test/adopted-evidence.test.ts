import { sampleDigest, sampleVolume } from '@catalog/testkit'
import { CatalogError, type Evidence } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const FILES = ['a', 'b'].map((path) => ({ path, digest: right }))
const pathOf = (path: string): string => `/models/m/${path}`

/** A model whose evidence an older version kept by the name of the machine, with device numbers. */
async function openOld(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  const { catalog, files, other } = opened
  for (const { path } of FILES) files.put(pathOf(path), right)
  await catalog.register({ id: 'm', source: 'x', files: FILES })
  const { evidence } = await catalog.verify('m')
  const own = evidence?.['volume-1']
  if (own?.files === undefined) throw new Error('there must be evidence')
  const { volume: _volume, anchor: _anchor, node: _node, ...rest } = own
  const known = own.files.map(({ path }) => ({ path, fingerprint: files.readFingerprint(pathOf(path)) }))
  const old: Evidence = { ...rest, files: known }
  await edit(other, 'm', { evidence: { 'node-1': old } })
  return opened
}

async function keysOf({ catalog }: TestCatalog): Promise<readonly string[]> {
  return Object.keys((await catalog.get('m'))?.evidence ?? {})
}

describe('evidence that an older version kept by the name of the machine', () => {
  it('is that of the volume once the model is resolved, and recorded as that', async () => {
    const opened = await openOld()
    expect(await opened.catalog.resolve('m')).toMatchObject({ paths: FILES.map(({ path }) => pathOf(path)) })
    expect((await opened.catalog.get('m'))?.evidence).toMatchObject({
      'volume-1': { volume: 'volume-1', anchor: '/volume-1/anchor', node: 'node-1' },
    })
    expect(await keysOf(opened)).toEqual(['volume-1'])
    expect((await opened.catalog.history.of('m')).at(-1)).toMatchObject({ operation: 'adopt-evidence' })
    const revision = await opened.catalog.refresh()
    await opened.catalog.resolve('m')
    expect(await opened.catalog.refresh()).toBe(revision)
  })

  it.each<[string, (opened: TestCatalog) => unknown]>([
    [
      'whose volume has no anchor',
      ({ files }) => {
        files.volumes.present = []
      },
    ],
    [
      'that is of files on several volumes',
      ({ files }) => {
        files.volumes.prepare = async () => sampleVolume({ id: 'volume-2', dev: '7' })
      },
    ],
    [
      'while the store cannot be written',
      ({ store }) => {
        const details = { path: '/models' }
        store.beforeNextCommit(() => Promise.reject(new CatalogError('READ_ONLY', 'no', details)))
      },
    ],
  ])('%s counts as it stands', async (_, prepare) => {
    const opened = await openOld()
    prepare(opened)
    expect(await opened.catalog.resolve('m')).toMatchObject({ path: '/models/m' })
    expect(await keysOf(opened)).toEqual(['node-1'])
  })

  it('counts as it stands if only some of the files are on the volume', async () => {
    const opened = await openOld()
    const { catalog, files, other } = opened
    const read = files.readFingerprint.bind(files)
    files.readFingerprint = (path, options) => {
      const fingerprint = read(path, options)
      return path.endsWith('/b') ? { ...fingerprint, dev: '7' } : fingerprint
    }
    const old = (await catalog.get('m'))?.evidence?.['node-1']
    if (old === undefined) throw new Error('there must be old evidence')
    const known = FILES.map(({ path }) => ({ path, fingerprint: files.readFingerprint(pathOf(path)) }))
    await edit(other, 'm', { evidence: { 'node-1': { ...old, files: known } } })
    expect(await catalog.resolve('m')).toMatchObject({ path: '/models/m' })
    expect(await keysOf(opened)).toEqual(['node-1'])
  })

  it.each<[string, (old: Evidence) => Readonly<Record<string, Evidence>>, readonly string[]]>([
    [
      'that is of a later reading by now',
      (old) => ({ 'node-1': { ...old, at: '2025-11-01T00:00:00.000Z' } }),
      ['node-1'],
    ],
    ['that was forgotten', () => ({}), []],
    [
      'beside which the volume has its own by now',
      (old) => ({ 'node-1': old, 'volume-1': old }),
      ['node-1', 'volume-1'],
    ],
  ])('%s is left alone', async (_, toEvidence, keys) => {
    const opened = await openOld()
    const old = (await opened.catalog.get('m'))?.evidence?.['node-1']
    if (old === undefined) throw new Error('there must be old evidence')
    const { prepare } = opened.files.volumes
    opened.files.volumes.prepare = async (path) => {
      await edit(opened.other, 'm', { evidence: toEvidence(old) })
      return await prepare.call(opened.files.volumes, path)
    }
    await opened.catalog.resolve('m')
    expect(await keysOf(opened)).toEqual(keys)
  })
})
