import { foldChanges, sampleDigest, sampleEntry, sampleRegistration } from '@catalog/testkit'
import { CatalogError, type CommittedChange } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant, type TestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'
const PARTIAL = '/models/m.gguf.partial'
const UNTOUCHED = { isUnchanged: true, id: 'm' }

async function openRegistered(fields: object = { digest: right }): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  await opened.catalog.register(sampleRegistration({ id: 'm', ...fields }))
  return opened
}

async function lastOf({ catalog }: TestCatalog): Promise<CommittedChange | undefined> {
  return (await catalog.history.changes()).at(-1)
}

/** What the whole history comes to is what the totals say. */
async function expectWholeTotals({ catalog }: TestCatalog): Promise<void> {
  const changes = await catalog.history.changes()
  expect(await catalog.history.totals()).toEqual(foldChanges(changes, await catalog.refresh()))
}

describe('a recorded verification', () => {
  it('of right bytes stands in the change that makes the model Active', async () => {
    const opened = await openRegistered()
    opened.files.put(PATH, right, 7)
    await opened.catalog.verify('m')
    const change = await lastOf(opened)
    expect(change).toMatchObject({ operation: 'verify', revision: 2, entry: { state: 'Active' } })
    expect(change?.verification).toMatchObject({ outcome: 'success', bytes: 7 })
    expect(change?.verification?.durationMs).toBeGreaterThan(0)
    expect(change?.verification).not.toHaveProperty('code')
    await expectWholeTotals(opened)
  })

  it('of wrong bytes stands in the change that makes it Failed', async () => {
    const opened = await openRegistered()
    opened.files.put(PATH, wrong, 8)
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const change = await lastOf(opened)
    expect(change).toMatchObject({
      entry: { state: 'Failed' },
      verification: { outcome: 'failure', bytes: 8 },
    })
    await expectWholeTotals(opened)
  })

  it('of a wrong file elsewhere changes nothing of a model that has its own', async () => {
    const opened = await openRegistered()
    opened.files.put(PATH, right)
    await opened.catalog.verify('m')
    const before = await opened.catalog.get('m')
    opened.files.put('/elsewhere/x.gguf', wrong, 9)
    await opened.catalog.verify('m', '/elsewhere/x.gguf').catch(() => undefined)
    expect(await opened.catalog.get('m')).toEqual(before)
    expect(await lastOf(opened)).toMatchObject({
      ...UNTOUCHED,
      verification: { outcome: 'failure', bytes: 9 },
    })
    await expectWholeTotals(opened)
  })

  it.each([
    new CatalogError('FILE_MISSING', 'gone', { path: PATH }),
    new CatalogError('FILE_CHANGED', 'changed', { path: PATH, changed: ['mtimeNs'] }),
    new CatalogError('NOT_A_REGULAR_FILE', 'a fifo', { path: PATH, kind: 'fifo' }),
    new CatalogError('IO', 'bad sector', { operation: 'read', errno: 'EIO' }),
  ])('that ends with $code is unreadable, and the entry keeps its revision', async (error) => {
    const opened = await openRegistered()
    opened.files.put(PATH, right)
    const before = await opened.catalog.get('m')
    opened.files.duringRead = () => Promise.reject(error)
    const by = { actor: 'ops', reason: 'nightly' }
    await expect(opened.catalog.verify('m', undefined, by)).rejects.toMatchObject({ code: error.code })
    expect(await opened.catalog.get('m')).toEqual(before)
    expect(await lastOf(opened)).toMatchObject({
      ...{ ...UNTOUCHED, ...by, operation: 'verify', revision: 1, entry: before },
      verification: { outcome: 'unreadable', bytes: 0, code: error.code },
    })
    await expectWholeTotals(opened)
  })

  it('of an entry that came to mean other bytes is superseded', async () => {
    const opened = await openRegistered()
    opened.files.put(PATH, right, 7)
    opened.files.duringRead = async () => {
      await edit(opened.other, 'm', { digest: wrong })
    }
    await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await lastOf(opened)).toMatchObject({
      ...UNTOUCHED,
      verification: { outcome: 'superseded', bytes: 7, code: 'CONFLICT' },
    })
    await expectWholeTotals(opened)
  })

  it.each<[string, (opened: TestCatalog) => Promise<unknown>]>([
    ['was aborted', ({ catalog }) => catalog.verify('m', undefined, { signal: AbortSignal.abort() })],
    ['is of no model', ({ catalog }) => catalog.verify('absent')],
    [
      'was aborted while it was read',
      ({ catalog, files }) => {
        const controller = new AbortController()
        files.duringRead = () => {
          controller.abort()
          throw new CatalogError('FILE_CHANGED', 'changed', { path: PATH, changed: ['mtimeNs'] })
        }
        return catalog.verify('m', undefined, { signal: controller.signal })
      },
    ],
    [
      'met an error of no file',
      ({ catalog, files }) => {
        files.duringRead = () => Promise.reject(new RangeError('not of ours'))
        return catalog.verify('m')
      },
    ],
  ])('is not made of an attempt that %s', async (_, verify) => {
    const opened = await openRegistered()
    opened.files.put(PATH, right)
    await verify(opened).catch(() => undefined)
    expect(await opened.catalog.history.changes()).toHaveLength(1)
  })

  it.each(['READ_ONLY', 'NO_SPACE', 'CLOSED'] as const)(
    'that the store cannot write, %s, leaves the caller with what happened to the file',
    async (code) => {
      const opened = await openRegistered()
      const details = code === 'CLOSED' ? { what: 'store' } : { path: '/models' }
      opened.store.beforeNextCommit(() => Promise.reject(new CatalogError(code, 'no', details as never)))
      await expect(opened.catalog.verify('m')).rejects.toMatchObject({ code: 'FILE_MISSING' })
      expect(await opened.catalog.history.changes()).toHaveLength(1)
    },
  )

  it('that the store cannot write rejects the call if there is a verdict', async () => {
    const opened = await openRegistered()
    opened.files.put(PATH, right)
    const error = new CatalogError('NO_SPACE', 'full', { path: '/models' } as never)
    opened.store.beforeNextCommit(() => Promise.reject(error))
    await expect(opened.catalog.verify('m')).rejects.toBe(error)
    expect((await opened.catalog.history.totals()).verifications.unreadable).toBe(0)
  })

  it('counts once if another writer comes in between', async () => {
    const opened = await openRegistered()
    opened.files.put(PATH, right)
    opened.store.beforeNextCommit(() => edit(opened.other, 'm', { name: 'renamed' }))
    expect(await opened.catalog.verify('m')).toMatchObject({ name: 'renamed', state: 'Active', revision: 3 })
    expect((await opened.catalog.history.totals()).verifications).toMatchObject({ success: 1, superseded: 0 })
    await expectWholeTotals(opened)
  })

  it('is made of a download that is finished, right or wrong', async () => {
    const opened = await openRegistered()
    const { catalog, files } = opened
    for (const [digest, outcome] of [
      [wrong, 'failure'],
      [right, 'success'],
    ] as const) {
      if (outcome === 'success') await catalog.setState('m', 'Pending')
      await catalog.downloads.begin('m', { holder: 'h' })
      files.put(PARTIAL, digest, 9)
      await catalog.downloads.finish('m', { holder: 'h' }).catch(() => undefined)
      expect(await lastOf(opened)).toMatchObject({
        operation: 'finish-download',
        verification: { outcome, bytes: 9 },
      })
    }
    const { verifications } = await catalog.history.totals()
    expect(verifications).toEqual({ success: 1, failure: 1, unreadable: 0, superseded: 0 })
    await expectWholeTotals(opened)
  })

  it('is made once of a finish that is wrong and cannot clear up behind it', async () => {
    const opened = await openRegistered()
    const { catalog, files } = opened
    await catalog.downloads.begin('m', { holder: 'h' })
    files.put(PARTIAL, wrong, 9)
    files.put(files.checkpointPathOf(PARTIAL), wrong)
    files.removeFile = () => Promise.reject(new CatalogError('IO', 'no', { operation: 'remove' }))
    await expect(catalog.downloads.finish('m', { holder: 'h' })).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
    })
    const { verifications } = await catalog.history.totals()
    expect(verifications).toMatchObject({ failure: 1, unreadable: 0 })
  })

  it('is made once where what was recorded is undone, because another model was first at the path', async () => {
    const opened = await openRegistered()
    const { catalog, files, other, store } = opened
    const path = '/elsewhere/x.gguf'
    files.put(path, right)
    const rival = sampleEntry({ id: 'rival', digest: wrong, location: path })
    store.beforeNextCommit(() => plant(other, rival))
    await expect(catalog.verify('m', path)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await catalog.history.of('m')).toMatchObject([{}, { revision: 2 }, { revision: 3 }])
    expect((await catalog.history.totals()).verifications).toMatchObject({ success: 1, unreadable: 0 })
  })

  it('is made of each model that an audit reads, or cannot', async () => {
    const opened = await openRegistered()
    const { catalog, files } = opened
    await catalog.register(sampleRegistration({ id: 'gone', digest: wrong }))
    files.put(PATH, right)
    files.put('/models/gone.gguf', wrong)
    await catalog.verify('m')
    await catalog.verify('gone')
    files.delete('/models/gone.gguf')
    expect(await catalog.upkeep.audit()).toMatchObject({ right: 1, unreadable: [{ id: 'gone' }] })
    const { verifications } = await catalog.history.totals()
    expect(verifications).toEqual({ success: 3, failure: 0, unreadable: 1, superseded: 0 })
    await expectWholeTotals(opened)
  })

  it('says nothing of what the model was at a time', async () => {
    const opened = await openRegistered()
    const { catalog, clock } = opened
    clock.advance(1000)
    await catalog.verify('m').catch(() => undefined)
    const before = new Date(clock.now().getTime() - 500).toISOString()
    expect(await catalog.history.stateAt(before, 'm')).toMatchObject({ id: 'm', revision: 1 })
    expect(await catalog.history.stateAt(clock.now().toISOString(), 'm')).toMatchObject({ revision: 1 })
  })
})
