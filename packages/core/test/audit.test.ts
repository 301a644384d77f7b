import { sampleDigest, sampleEntry } from '@catalog/testkit'
import { type AuditEvent, CatalogError, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { createContext } from '../src/context/catalog-ports.ts'
import { auditModels } from '../src/upkeep/audit.ts'
import { openTestCatalog, plant, type TestCatalog, type TestCatalogOptions } from './test-catalog.ts'

const BYTES = 1000

/** Models of 1000 bytes that were verified a second after each other. */
async function openVerified(ids: readonly string[], options: TestCatalogOptions = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog(options)
  for (const [index, id] of ids.entries()) {
    opened.files.put(`/models/${id}.gguf`, sampleDigest(index + 1), BYTES)
    await opened.catalog.register({ id, source: 'hf:org/model' })
    await opened.catalog.verify(id)
    opened.clock.advance(1000)
  }
  opened.files.read.length = 0
  return opened
}

function pathsOf(...ids: readonly string[]): readonly string[] {
  return ids.map((id) => `/models/${id}.gguf`)
}

describe('an audit', () => {
  it('reads what this node has evidence of, the oldest first', async () => {
    const { catalog, files, backing, other } = await openVerified(['c', 'a', 'b'])
    await catalog.register({ id: 'pending', source: 'hf:org/model' })
    await catalog.setState('a', 'Retired')
    await plant(other, sampleEntry({ id: 'unread', state: 'Retired' }))
    const there = await openTestCatalog({ backing, node: 'node-2' })
    expect(await there.catalog.upkeep.audit()).toMatchObject({ checked: 0, ended: 'all' })
    const report = await catalog.upkeep.audit()
    expect(files.read).toEqual(pathsOf('c', 'a', 'b'))
    expect(report).toMatchObject({ checked: 3, right: 3, wrong: [], unreadable: [], bytes: 3 * BYTES })
    expect(report).toMatchObject({ remaining: { models: 0, bytes: 0 }, ended: 'all' })
    expect(await catalog.get('a')).toMatchObject({ state: 'Retired' })
  })

  it('reads what is Active without any evidence first, however recent the rest has to be', async () => {
    const { catalog, files, other } = await openVerified(['a', 'b'])
    for (const [seed, id] of [
      [3, 'adopted'],
      [4, 'wrong'],
    ] as const) {
      files.put(`/models/${id}.gguf`, sampleDigest(3), BYTES)
      const entry = sampleEntry({
        ...{ id, state: 'Active', digest: sampleDigest(seed) },
        verifiedAt: '2025-01-01T00:00:00Z',
      })
      await other.commit([{ operation: 'edit', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
      await expect(catalog.resolve(id)).rejects.toMatchObject({ details: { problem: 'no-evidence' } })
    }
    const report = await catalog.upkeep.audit({ olderThanMs: 86_400_000 })
    expect(files.read).toEqual(pathsOf('adopted', 'wrong'))
    expect(report).toMatchObject({ checked: 2, right: 1, wrong: [{ id: 'wrong', code: 'DIGEST_MISMATCH' }] })
    expect(await catalog.resolve('adopted')).toMatchObject({ path: '/models/adopted.gguf' })
    expect(await catalog.get('wrong')).toMatchObject({ state: 'Failed' })
    await catalog.upkeep.audit()
    expect(files.read).toEqual(pathsOf('adopted', 'wrong', 'a', 'b', 'adopted'))
  })

  it('goes on after wrong, missing and unreadable files, and says which', async () => {
    const { catalog, files } = await openVerified(['a', 'b', 'c', 'd', 'e'])
    files.put('/models/a.gguf', sampleDigest(9), BYTES)
    files.delete('/models/b.gguf')
    const error = new CatalogError('IO', 'bad sector', { operation: 'read', errno: 'EIO' })
    files.duringRead = (path) => (path.includes('c.gguf') ? Promise.reject(error) : undefined)
    await catalog.setState('e', 'Retired')
    const report = await catalog.upkeep.audit({ actor: 'ada', reason: 'monthly' })
    expect(report.wrong).toEqual([{ id: 'a', code: 'DIGEST_MISMATCH', path: '/models/a.gguf' }])
    expect(report.unreadable).toEqual([
      { id: 'b', code: 'FILE_MISSING' },
      { id: 'c', code: 'IO' },
    ])
    expect(report).toMatchObject({ checked: 5, right: 2, bytes: 3 * BYTES })
    expect(await catalog.get('a')).toMatchObject({ state: 'Failed' })
    const last = (await catalog.history.of('d')).at(-1)
    expect(last).toMatchObject({ operation: 'verify', actor: 'ada', reason: 'monthly' })
  })

  it('ends where the budget of bytes does, and goes on from there', async () => {
    const { catalog, files } = await openVerified(['a', 'b', 'c'])
    const report = await catalog.upkeep.audit({ maxBytes: 2.5 * BYTES })
    expect(report).toMatchObject({ checked: 2, ended: 'max-bytes', remaining: { models: 1, bytes: BYTES } })
    await catalog.upkeep.audit({ maxBytes: 1 })
    expect(files.read).toEqual(pathsOf('a', 'b', 'c'))
  })

  it('ends where the budget of time does', async () => {
    const { catalog } = await openVerified(['a', 'b', 'c'])
    const report = await catalog.upkeep.audit({ maxDurationMs: 1 })
    expect(report).toMatchObject({ checked: 1, ended: 'max-duration', remaining: { models: 2 } })
  })

  it('leaves what was read recently', async () => {
    const { catalog, files } = await openVerified(['a', 'b', 'c'])
    await catalog.upkeep.audit({ olderThanMs: 1500 })
    expect(files.read).toEqual(pathsOf('a', 'b'))
  })

  it('rejects with the reason of the signal, keeps what was checked, and goes on from there', async () => {
    const { catalog, files, clock } = await openVerified(['a', 'b', 'c'])
    clock.advance(1000)
    const controller = new AbortController()
    const reason = new Error('shutting down')
    files.duringRead = (path) => path.includes('b.gguf') && controller.abort(reason)
    await expect(catalog.upkeep.audit({ signal: controller.signal })).rejects.toBe(reason)
    files.duringRead = () => undefined
    await catalog.upkeep.audit({ maxBytes: 1 })
    expect(files.read).toEqual(pathsOf('a', 'b', 'b'))
  })

  it.each([
    new CatalogError('IO', 'the disk failed', { operation: 'write', outcome: 'unknown' }),
    new CatalogError('CLOSED', 'the store is closed', { what: 'store' }),
  ])('ends with the error of the store, at any model: $code', async (error) => {
    const { catalog, store } = await openVerified(['a', 'b'])
    store.beforeNextCommit(() => Promise.reject(error))
    await expect(catalog.upkeep.audit()).rejects.toBe(error)
  })

  it('passes over a model that is removed meanwhile', async () => {
    const { catalog, files, other } = await openVerified(['a', 'b'])
    files.duringRead = async (path) => {
      const id = parseModelId('b')
      const revision = (await other.get(id))?.revision
      if (!path.includes('a.gguf') || revision === undefined) return
      await other.commit([{ operation: 'remove', changes: [{ id, ifRevision: revision, entry: null }] }])
    }
    expect(await catalog.upkeep.audit()).toMatchObject({ checked: 1, right: 1, unreadable: [] })
  })

  it('tells the observer after each model, and the caller as it reads', async () => {
    const events: AuditEvent[] = []
    const { catalog } = await openVerified(['a', 'b'], {
      observer: { onAudit: (event) => events.push(event) },
    })
    const progress: AuditEvent[] = []
    await catalog.upkeep.audit({ onProgress: (event) => progress.push(event) })
    const [first, last] = [1, 2].map((doneModels) => ({
      ...{ doneModels, totalModels: 2 },
      ...{ doneBytes: doneModels * BYTES, totalBytes: 2 * BYTES },
    }))
    expect(events).toEqual([first, last])
    expect(progress).toContainEqual({ ...first, doneModels: 0 })
  })

  it('refuses an invalid budget before it reads', async () => {
    const { catalog, files } = await openVerified(['a'])
    const options = { maxBytes: 0, maxDurationMs: Number.NaN, bytesPerSecond: -1, olderThanMs: '1', until: 7 }
    await expect(catalog.upkeep.audit(options as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'olderThanMs' }, {}, {}, {}, { field: 'until' }] },
    })
    expect(files.read).toEqual([])
  })
})

describe('an audit with a rate', () => {
  it('waits before each file until all that was read is within the rate, and has each file read at it', async () => {
    const { files, store, clock } = await openVerified(['a', 'b', 'c'])
    const rates: unknown[] = []
    const digestFile = files.digestFile.bind(files)
    files.digestFile = (path, options) => {
      rates.push(options?.bytesPerSecond)
      return digestFile(path, options)
    }
    let elapsedMs = 0
    const { volumes } = files
    const ports = {
      store,
      verifier: files,
      files,
      volumes,
      clock,
      node: 'node-1',
      monotonicMs: () => elapsedMs,
    }
    const waits: number[] = []
    await auditModels(createContext(ports), { bytesPerSecond: 2 * BYTES }, async (ms) => {
      waits.push(ms)
      elapsedMs += ms + 100
    })
    // Late by 100 ms after the first wait, so that the second is shorter by as much.
    expect(waits).toEqual([500, 400])
    expect(rates).toEqual([2 * BYTES, 2 * BYTES, 2 * BYTES])
  })

  it('has the files of one model read together at that rate, and counts all that was read of a wrong one', async () => {
    const { catalog, files, clock } = await openVerified([])
    const parts = ['a.bin', 'b.bin'].map((path) => ({ path, digest: sampleDigest(1) }))
    for (const { path } of parts) files.put(`/models/m/${path}`, sampleDigest(1), BYTES)
    await catalog.register({ id: 'm', source: 'hf:org/model', files: parts })
    await catalog.verify('m')
    clock.advance(1000)
    files.rot('/models/m/b.bin', sampleDigest(9))
    const asked: unknown[] = []
    const digestFiles = files.digestFiles.bind(files)
    files.digestFiles = (seen, options) => {
      asked.push([seen.length, options?.bytesPerSecond])
      return digestFiles(seen, options)
    }
    const report = await catalog.upkeep.audit({ bytesPerSecond: 10 * BYTES })
    expect(asked).toEqual([[2, 10 * BYTES]])
    expect(report).toMatchObject({ bytes: 2 * BYTES, wrong: [{ id: 'm', path: '/models/m/b.bin' }] })
  })

  it('ends at once where the signal is aborted while it waits', async () => {
    const { catalog } = await openVerified(['a', 'b'])
    const controller = new AbortController()
    const onProgress = ({ doneModels }: AuditEvent): void => {
      if (doneModels === 1) setTimeout(() => controller.abort('not wanted'), 10)
    }
    const options = { bytesPerSecond: 0.001, signal: controller.signal, onProgress }
    await expect(catalog.upkeep.audit(options)).rejects.toBe('not wanted')
  })
})
