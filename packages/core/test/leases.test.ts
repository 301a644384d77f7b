import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, plant, type TestCatalog, type TestCatalogOptions } from './test-catalog.ts'

const digest = sampleDigest(1)
const DAY_MS = 24 * 60 * 60 * 1000

/** A catalog with an Active model `m`. */
async function openWithModel(options: TestCatalogOptions = {}): Promise<TestCatalog> {
  const opened = await openTestCatalog(options)
  const evidence = { 'volume-1': sampleEvidence(digest) }
  await plant(opened.other, sampleEntry({ id: 'm', digest, state: 'Active', evidence }))
  return opened
}

describe('a lease', () => {
  it('keeps a model from being removed and retired until it is released', async () => {
    const { catalog } = await openWithModel()
    const lease = await catalog.leases.take('m', { forMs: 1000, holder: 'llama-server', actor: 'ops' })
    expect(lease).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/u),
      holder: 'llama-server',
      node: 'node-1',
      at: '2025-10-01T00:00:00.000Z',
      until: '2025-10-01T00:00:01.000Z',
    })
    const users = [{ use: 'lease', holder: 'llama-server', until: lease.until }]
    const inUse = { code: 'IN_USE', details: { id: 'm', users } }
    await expect(catalog.remove('m')).rejects.toMatchObject(inUse)
    await expect(catalog.setState('m', 'Retired')).rejects.toMatchObject(inUse)
    expect(await catalog.leases.list('m')).toEqual([{ ...lease, modelId: 'm' }])
    await catalog.leases.release('m', lease.id)
    await catalog.leases.release('m', lease.id)
    expect(await catalog.leases.list()).toEqual([])
    expect(await catalog.setState('m', 'Retired')).toMatchObject({ state: 'Retired' })
    expect((await catalog.get('m'))?.leases).toBeUndefined()
  })

  it('ends at its time by itself, and goes with the next one', async () => {
    const { catalog, clock } = await openWithModel()
    const first = await catalog.leases.take('m', { until: '2025-10-01T00:00:01Z' })
    clock.advance(999)
    await expect(catalog.remove('m')).rejects.toMatchObject({ code: 'IN_USE' })
    clock.advance(1)
    expect(await catalog.leases.list('m')).toEqual([])
    await expect(catalog.leases.renew('m', first.id, { forMs: 1000 })).rejects.toMatchObject({
      code: 'LEASE_ENDED',
      details: { id: 'm', leaseId: first.id },
    })
    const second = await catalog.leases.take('m', { forMs: 1000 })
    expect((await catalog.get('m'))?.leases).toEqual([second])
    clock.advance(1000)
    await catalog.remove('m')
    await catalog.leases.release('m', second.id)
  })

  it('is listed for one model, or for all by their ids', async () => {
    const { catalog, other } = await openWithModel()
    const evidence = { 'volume-1': sampleEvidence(digest) }
    await plant(other, sampleEntry({ id: 'a', digest, state: 'Active', evidence }))
    const m = { ...(await catalog.leases.take('m', { forMs: 1000 })), modelId: 'm' }
    const a = { ...(await catalog.leases.take('a', { forMs: 1000 })), modelId: 'a' }
    expect(await catalog.leases.list()).toEqual([a, m])
    expect(await catalog.leases.list('m')).toEqual([m])
  })

  it('goes on where it is renewed', async () => {
    const { catalog, clock } = await openWithModel()
    const { id } = await catalog.leases.take('m', { forMs: 1000 })
    clock.advance(900)
    expect(await catalog.leases.renew('m', id, { forMs: 1000 })).toMatchObject({
      id,
      at: '2025-10-01T00:00:00.000Z',
      until: '2025-10-01T00:00:01.900Z',
    })
    clock.advance(900)
    await expect(catalog.remove('m')).rejects.toMatchObject({ code: 'IN_USE' })
  })

  it('is renewed and released by its own id, and leaves the other leases as they are', async () => {
    const { catalog } = await openWithModel()
    const a = await catalog.leases.take('m', { forMs: 1000, holder: 'a' })
    const b = await catalog.leases.take('m', { forMs: 1000, holder: 'b' })
    const renewed = await catalog.leases.renew('m', b.id, { forMs: 9000 })
    expect(renewed).toEqual({ ...b, until: '2025-10-01T00:00:09.000Z' })
    expect((await catalog.get('m'))?.leases).toEqual([a, renewed])
    await expect(catalog.leases.renew('m', 'another', { forMs: 1000 })).rejects.toMatchObject({
      code: 'LEASE_ENDED',
      details: { id: 'm', leaseId: 'another' },
    })
    const before = await catalog.get('m')
    await catalog.leases.release('m', 'another')
    expect(await catalog.get('m')).toEqual(before)
    await catalog.leases.release('m', a.id)
    expect((await catalog.get('m'))?.leases).toEqual([renewed])
  })

  it('is named in the history when it is taken, renewed and released', async () => {
    const { catalog } = await openWithModel()
    const { id } = await catalog.leases.take('m', { forMs: 1000, actor: 'ada', reason: 'a trial' })
    await catalog.leases.renew('m', id, { forMs: 1000 })
    await catalog.leases.release('m', id)
    const [, taken, renewed, released] = await catalog.history.of('m')
    expect(taken).toMatchObject({ operation: 'lease', actor: 'ada', reason: 'a trial' })
    expect([renewed?.operation, released?.operation]).toEqual(['renew-lease', 'release-lease'])
  })

  it.each([[''], ['x'.repeat(101)], [7], [undefined]])('is not known by the id %j', async (leaseId) => {
    const { catalog } = await openWithModel()
    const refusal = { code: 'INVALID_INPUT', details: { problems: [{ field: 'leaseId' }] } }
    await expect(catalog.leases.release('m', leaseId as string)).rejects.toMatchObject(refusal)
    await expect(catalog.leases.renew('m', leaseId as string, { forMs: 1 })).rejects.toMatchObject(refusal)
    await catalog.leases.release('m', 'x'.repeat(100))
  })

  it('is only for an Active model, and is not renewed once that is Failed', async () => {
    const { catalog, files } = await openWithModel()
    const { id } = await catalog.leases.take('m', { forMs: 1000 })
    files.put('/models/m.gguf', sampleDigest(2))
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed', leases: [{ id }] })
    const notUsable = { code: 'NOT_USABLE', details: { id: 'm', state: 'Failed', problem: 'state' } }
    await expect(catalog.leases.take('m', { forMs: 1000 })).rejects.toMatchObject(notUsable)
    await expect(catalog.leases.renew('m', id, { forMs: 1000 })).rejects.toMatchObject(notUsable)
    await expect(catalog.leases.take('absent', { forMs: 1 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await catalog.leases.release('m', id)
  })

  it('is refused where there are as many as an entry may have', async () => {
    const { catalog, other, clock } = await openWithModel()
    const lease = { holder: 'h', node: 'n', at: '2025-10-01T00:00:00Z' }
    const until = (n: number): string => `2025-10-01T00:00:${n === 100 ? '05' : '09'}Z`
    const leases = Array.from({ length: 256 }, (_, n) => ({ ...lease, id: `${n}`, until: until(n) }))
    const entry = sampleEntry({ id: 'm', digest, state: 'Active', leases })
    await plant(other, entry)
    const details = { id: 'm', limit: 256, until: '2025-10-01T00:00:05Z' }
    const tooMany = { code: 'TOO_MANY_LEASES', details }
    await expect(catalog.leases.take('m', { forMs: 1 })).rejects.toMatchObject(tooMany)
    clock.advance(5000)
    await catalog.leases.take('m', { forMs: 1 })
  })

  it.each([
    ['forMs', {}],
    ['forMs', { forMs: 0 }],
    ['forMs', { forMs: 1.5 }],
    ['forMs', { forMs: 30 * DAY_MS + 1 }],
    ['until', { until: '2025-10-01T00:00:00Z' }],
    ['until', { until: '2025-11-01T00:00:00Z' }],
    ['until', { until: '2025-10-02' }],
    ['until', { until: '2025-10-02T00:00:00Z', forMs: 1 }],
    ['until', { until: new Date(Number.NaN) }],
    ['holder', { forMs: 1, holder: '' }],
    ['actor', { forMs: 1, actor: '' }],
    ['formMs', { formMs: 1 }],
  ])('refuses the option %s of %j', async (field, options) => {
    const { catalog, store } = await openWithModel()
    const refusal = { code: 'INVALID_INPUT', details: { problems: [{ field }] } }
    await expect(catalog.leases.take('m', options as { forMs: number })).rejects.toMatchObject(refusal)
    expect(store.commits).toBe(0)
  })
})

describe('waiting for the end of leases', () => {
  it('ends when the last one is released', async () => {
    const { catalog } = await openWithModel()
    const a = await catalog.leases.take('m', { forMs: 10_000 })
    const b = await catalog.leases.take('m', { forMs: 10_000 })
    let isRemoved = false
    const removing = catalog.remove('m', { wait: true }).then(() => {
      isRemoved = true
    })
    await catalog.leases.release('m', a.id)
    await expect(catalog.setState('m', 'Retired')).rejects.toMatchObject({ code: 'IN_USE' })
    expect(isRemoved).toBe(false)
    await catalog.leases.release('m', b.id)
    await removing
    expect(await catalog.get('m')).toBeUndefined()
  })

  it('ends when the last one has expired, without a change', async () => {
    const waited: number[] = []
    const opened = await openWithModel({
      wait: async (ms) => {
        waited.push(ms)
        opened.clock.advance(ms)
      },
    })
    await opened.catalog.leases.take('m', { forMs: 2000 })
    await opened.catalog.leases.take('m', { forMs: 5000 })
    expect(await opened.catalog.setState('m', 'Retired', { wait: {} })).toMatchObject({ state: 'Retired' })
    expect(waited).toEqual([2000, 3000])
  })

  it('looks again at least every hour', async () => {
    const waited: number[] = []
    const opened = await openWithModel({
      wait: async (ms) => {
        waited.push(ms)
        opened.clock.advance(ms)
      },
    })
    await opened.catalog.leases.take('m', { forMs: 90 * 60 * 1000 })
    await opened.catalog.remove('m', { wait: true })
    expect(waited).toEqual([60 * 60 * 1000, 30 * 60 * 1000])
  })

  it('ends with the signal, and leaves the model as it was', async () => {
    const { catalog } = await openWithModel()
    await catalog.leases.take('m', { forMs: 10_000 })
    const controller = new AbortController()
    const removing = catalog.remove('m', { wait: { signal: controller.signal } })
    setImmediate(() => controller.abort('enough'))
    await expect(removing).rejects.toBe('enough')
    await expect(catalog.remove('m', { wait: { signal: controller.signal } })).rejects.toBe('enough')
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  })

  it('ends with CLOSED when the catalog is closed', async () => {
    const { catalog } = await openWithModel()
    await catalog.leases.take('m', { forMs: 10_000 })
    const removing = expect(catalog.remove('m', { wait: true })).rejects.toMatchObject({ code: 'CLOSED' })
    await new Promise((resolve) => setImmediate(resolve))
    await catalog.close()
    await removing
  })

  it('is not together with a revision, which the end of a lease changes', async () => {
    const { catalog } = await openWithModel()
    const refusal = { code: 'INVALID_INPUT', details: { problems: [{ field: 'ifRevision' }] } }
    await expect(catalog.remove('m', { wait: true, ifRevision: 1 })).rejects.toMatchObject(refusal)
    const wrong = { code: 'INVALID_INPUT', details: { problems: [{ field: 'wait' }] } }
    await expect(catalog.remove('m', { wait: 'yes' as never })).rejects.toMatchObject(wrong)
  })
})
