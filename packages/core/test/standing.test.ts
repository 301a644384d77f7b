import { sampleDigest, sampleVolume } from '@catalog/testkit'
import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../src/catalog.ts'
import { openTestCatalog, type TestCatalog, type TestCatalogOptions } from './test-catalog.ts'

const right = sampleDigest(1)
const PATH = '/models/m.gguf'

/** A catalog with one verified model. */
async function openVerified(options?: TestCatalogOptions): Promise<TestCatalog> {
  const opened = await openTestCatalog(options)
  opened.files.put(PATH, right)
  await opened.catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
  await opened.catalog.verify('m')
  return opened
}

/** What `standing` says, after making sure that it has recorded nothing. */
async function standingOf(catalog: Catalog): Promise<unknown> {
  const before = await catalog.refresh()
  const standing = await catalog.standing('m')
  expect(await catalog.refresh()).toBe(before)
  return standing
}

const CHANGES: readonly (readonly [kind: string, standing: object, (opened: TestCatalog) => unknown])[] = [
  ['in order', { kind: 'in-order' }, () => undefined],
  ['stale', { kind: 'stale', path: PATH }, ({ files }) => files.touchMode(PATH)],
  ['changed', { kind: 'changed', path: PATH }, ({ files }) => files.overwrite(PATH, sampleDigest(2))],
  ['replaced', { kind: 'changed', path: PATH }, ({ files }) => files.put(PATH, right)],
  ['missing', { kind: 'missing', path: PATH }, ({ files }) => files.delete(PATH)],
  [
    'away with its directory',
    { kind: 'absent', path: PATH },
    ({ files }) => {
      files.delete(PATH)
      files.volumes.absent.add('/models')
    },
  ],
  [
    'away with its volume',
    { kind: 'absent', path: PATH, anchor: '/volume-1/anchor' },
    ({ files }) => {
      files.delete(PATH)
      files.volumes.present = []
    },
  ],
  [
    'hidden by another volume with the same numbers',
    { kind: 'absent', path: PATH, anchor: '/volume-1/anchor' },
    ({ files }) => {
      files.volumes.present = [sampleVolume({ id: 'volume-2' })]
    },
  ],
]

describe('the standing of a model', () => {
  it.each(CHANGES)('tells that its file is %s', async (_what, standing, change) => {
    const opened = await openVerified()
    await change(opened)
    expect(await standingOf(opened.catalog)).toEqual(standing)
  })

  it('is of a model that was never read here, and of one that was read wrong', async () => {
    const { catalog, files } = await openTestCatalog()
    await catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
    expect(await standingOf(catalog)).toEqual({ kind: 'unread' })
    files.put(PATH, sampleDigest(2))
    expect(await standingOf(catalog)).toEqual({ kind: 'unread' })
    await catalog.verify('m').catch(() => undefined)
    expect(await standingOf(catalog)).toEqual({ kind: 'wrong' })
    await expect(catalog.standing('other')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is unanchored once the process that read a volume without an anchor has ended', async () => {
    const opened = await openTestCatalog()
    const { catalog, files } = opened
    files.volumes.present = []
    files.put(PATH, right)
    await catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
    await catalog.verify('m')
    expect(await standingOf(catalog)).toEqual({ kind: 'in-order' })
    files.volumes.present = []
    expect(await standingOf(catalog)).toEqual({ kind: 'unanchored', path: PATH })
  })

  it('is in order after a change of ctime where the policy trusts mtime', async () => {
    const { catalog, files } = await openVerified({ policy: { ctimeChange: 'trust-mtime' } })
    files.touchMode(PATH)
    expect(await standingOf(catalog)).toEqual({ kind: 'in-order' })
  })
})

describe('a model whose file is away', () => {
  it('is not told to be downloaded: the error asks for the disk', async () => {
    const { catalog, files } = await openVerified()
    files.delete(PATH)
    const gone = { code: 'FILE_MISSING', details: { id: 'm', path: PATH } }
    await expect(catalog.resolve('m')).rejects.toMatchObject(gone)
    await expect(catalog.resolve('m')).rejects.not.toThrow(/is its disk mounted/u)
    files.volumes.absent.add('/models')
    await expect(catalog.resolve('m')).rejects.toMatchObject(gone)
    await expect(catalog.resolve('m')).rejects.toThrow(/is its disk mounted/u)
  })
})

it('an audit of what is stale reads no other model', async () => {
  const opened = await openVerified()
  const { catalog, files } = opened
  for (let n = 1; n <= 30; n += 1) {
    files.put(`/models/m${n}.gguf`, right)
    await catalog.register({ id: `m${n}`, source: 'hf:org/m', digest: right })
    await catalog.verify(`m${n}`)
  }
  const before = await catalog.refresh()
  const none = await catalog.upkeep.audit({ only: 'stale' })
  expect(none).toMatchObject({ checked: 0, bytes: 0, ended: 'all', remaining: { models: 0 } })
  expect(await catalog.refresh()).toBe(before)
  files.touchMode(PATH)
  expect(await catalog.upkeep.audit({ only: 'stale' })).toMatchObject({ checked: 1, right: 1 })
  expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
})

it('a doctor who is told to forget what is absent forgets it under any name of the machine that read it', async () => {
  const { backing, files } = await openVerified()
  const { catalog } = await openTestCatalog({ backing, files, node: 'renamed' })
  files.delete(PATH)
  files.volumes.absent.add('/models')
  expect((await catalog.upkeep.doctor()).actions).toEqual([])
  const plan = await catalog.upkeep.doctor({ forgetAbsent: true })
  expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{ kind: 'forget-evidence' }] })
  expect(await catalog.get('m')).toMatchObject({ state: 'Pending' })
})

it('what another machine has read on a volume that is not here is not forgotten, unless its name is given', async () => {
  const { backing, files } = await openVerified()
  files.delete(PATH)
  files.volumes.present = [sampleVolume({ id: 'volume-2' })]
  const other = await openTestCatalog({ backing, files, node: 'node-2' })
  expect((await other.catalog.upkeep.doctor({ forgetAbsent: true })).actions).toEqual([])
  const same = await openTestCatalog({ backing, files, node: 'node-1' })
  const { actions } = await same.catalog.upkeep.doctor({ forgetAbsent: true })
  expect(actions).toMatchObject([{ kind: 'forget-evidence', keys: ['volume-1'] }])
})

it('an audit of what is stale passes over a file that cannot be looked at, and ends with any other failure', async () => {
  const { catalog, files } = await openTestCatalog()
  files.put(PATH, right)
  await catalog.register({ id: 'm', source: 'hf:org/m' })
  await catalog.verify('m')
  files.special.set(PATH, new CatalogError('IO', 'bad sector', { operation: 'stat' }))
  expect(await catalog.upkeep.audit({ only: 'stale' })).toMatchObject({ checked: 0, unreadable: [] })
  files.readFingerprint = () => {
    throw new Error('unexpected')
  }
  await expect(catalog.upkeep.audit({ only: 'stale' })).rejects.toThrow('unexpected')
})

it('doctor finds an Active model that was read on another volume only, as after a restored backup, and apply reads it', async () => {
  const { catalog, files } = await openVerified()
  files.volumes.present = [sampleVolume({ id: 'volume-2' })]
  await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'NOT_USABLE' })
  const plan = await catalog.upkeep.doctor()
  expect(plan.findings).toMatchObject([{ kind: 'unverified', id: 'm', path: PATH }])
  expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [{ kind: 'reverify' }] })
  expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
  expect((await catalog.upkeep.doctor()).findings).toEqual([])
})

it('doctor does not ask for a Retired model to be read that was read on another volume only', async () => {
  const { catalog, files } = await openVerified()
  await catalog.setState('m', 'Retired')
  files.volumes.present = [sampleVolume({ id: 'volume-2' })]
  expect((await catalog.upkeep.doctor()).findings).toEqual([])
})
