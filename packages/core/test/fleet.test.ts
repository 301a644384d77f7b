import { createMemoryBacking, fixedClock, sampleDigest, sampleEvidence, sampleVolume } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../src/catalog.ts'
import { countCopies } from '../src/fleet/copies.ts'
import { countedOf, DAY_MS, openTwo, PATH, right } from './fleet-world.ts'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

describe('the copies of a model', () => {
  it('are told with machine, volume and time, and which are here', async () => {
    const [a, b] = await openTwo()
    const at = a.clock.now().toISOString()
    const copy = { verifiedAt: at, lastSeenAt: at, isCounted: true }
    expect(await a.catalog.fleet.copies('m')).toHaveLength(2)
    expect(await a.catalog.fleet.copies('m')).toEqual(
      expect.arrayContaining([
        { ...copy, key: 'volume-1@node-1', node: 'node-1', volume: 'volume-1', isHere: true },
        { ...copy, key: 'volume-2@node-2', node: 'node-2', volume: 'volume-2', isHere: false },
      ]),
    )
    const [listed] = await b.catalog.fleet.copiesOf(await b.catalog.list())
    expect(listed?.map(({ node, isHere }) => `${node} ${isHere}`).sort()).toEqual([
      'node-1 false',
      'node-2 true',
    ])
  })

  it('are none of wrong bytes, or of other bytes than the model means now', async () => {
    const [a, b] = await openTwo()
    b.files.rot(PATH, sampleDigest(2))
    await expect(b.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await countedOf(a)).toEqual(['node-1'])
    await a.catalog.update('m', { digest: sampleDigest(3) })
    expect(await a.catalog.fleet.copies('m')).toEqual([])
    await expect(a.catalog.fleet.copies('none')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('no longer count once their machine is silent, and count again as soon as it is heard of', async () => {
    const [a, b] = await openTwo()
    a.clock.advance(31 * DAY_MS)
    expect(await countedOf(a)).toEqual(['node-1'])
    expect(await countedOf(b)).toEqual(['node-2'])
    expect((await a.catalog.upkeep.stats()).fleet).toEqual({
      nodes: 2,
      silentNodes: 1,
      singleCopy: 1,
      noCopy: 0,
    })
    expect(await countedOf(b)).toEqual(['node-1', 'node-2'])
    await b.catalog.upkeep.stats()
    expect(await countedOf(a)).toEqual(['node-1', 'node-2'])
    expect((await a.catalog.upkeep.stats()).fleet).toMatchObject({ silentNodes: 0, singleCopy: 0 })
  })

  it('are told with the last one first', async () => {
    const [a, b] = await openTwo()
    const order = async () => (await a.catalog.fleet.copies('m')).map(({ node }) => node)
    for (const { catalog, node } of [
      { ...a, node: 'node-1' },
      { ...b, node: 'node-2' },
      { ...a, node: 'node-1' },
    ]) {
      a.clock.advance(1000)
      await catalog.verify('m')
      expect((await order())[0]).toBe(node)
    }
  })

  it('are told with when their machine was last heard of', async () => {
    const [a, b] = await openTwo()
    const verifiedAt = a.clock.now().toISOString()
    a.clock.advance(2 * DAY_MS)
    await b.catalog.upkeep.stats()
    const copies = await a.catalog.fleet.copies('m')
    const heard = Object.fromEntries(copies.map(({ node, lastSeenAt }) => [node, lastSeenAt]))
    const seenAt = a.clock.now().toISOString()
    expect(heard).toEqual({ 'node-1': verifiedAt, 'node-2': seenAt })
    a.clock.advance(1000)
    await b.catalog.verify('m')
    const [last] = await a.catalog.fleet.copies('m')
    expect(last).toMatchObject({ node: 'node-2', lastSeenAt: a.clock.now().toISOString() })
  })

  it('are told with the last of all times at which their machine saw the volume', async () => {
    const [{ catalog, clock, other }] = await openTwo()
    const after = (days: number) => ({
      lastSeen: new Date(clock.now().getTime() + days * DAY_MS).toISOString(),
      node: 'node-2',
    })
    const { revision, policy } = await other.settings()
    const volumes = { 'volume-2@node-2': after(1), 'volume-2': after(2) }
    await other.changeSettings({ ifRevision: revision, settings: { policy, volumes } })
    const copy = (await catalog.fleet.copies('m')).find(({ node }) => node === 'node-2')
    expect(copy?.lastSeenAt).toBe(after(2).lastSeen)
  })

  it('are none that count if all machines with one are silent', async () => {
    const [{ backing, clock }] = await openTwo()
    clock.advance(31 * DAY_MS)
    const { catalog } = await openTestCatalog({ backing, clock, isShared: true, node: 'node-3' })
    await catalog.register({ id: 'n', source: 'hf:org/n' })
    expect((await catalog.upkeep.stats()).fleet).toEqual({
      nodes: 2,
      silentNodes: 2,
      singleCopy: 0,
      noCopy: 1,
    })
  })

  it.each([
    ['count', 'their own machine', 'node-2', ['node-1', 'node-2']],
    ['do not count', 'another one with a clone of it', 'node-9', ['node-1']],
  ])('%s if %s saw their volume before the store was shared', async (_, __, node, counted) => {
    const [a] = await openTwo()
    a.clock.advance(31 * DAY_MS)
    const { revision, policy } = await a.other.settings()
    const volumes = { 'volume-2': { lastSeen: a.clock.now().toISOString(), node } }
    await a.other.changeSettings({ ifRevision: revision, settings: { policy, volumes } })
    expect(await countedOf(a)).toEqual(counted)
  })

  it('on a volume without an anchor do not count, because only one process can use them', async () => {
    const [a, b] = await openTwo()
    const { anchor: _anchor, ...unanchored } = sampleVolume({ id: 'process-9' })
    b.files.volumes.present = [unanchored]
    await b.catalog.verify('m')
    expect(
      (await a.catalog.fleet.copies('m')).map(({ key, isCounted }) => `${key} ${isCounted}`).sort(),
    ).toEqual(['unanchored@node-2 false', 'volume-1@node-1 true', 'volume-2@node-2 true'])
  })

  it('that an older version recorded by the name of the machine count', async () => {
    const opened = await openTestCatalog()
    await opened.catalog.register({ id: 'm', source: 'hf:org/m', digest: right })
    const { volume: _volume, anchor: _anchor, ...evidence } = sampleEvidence(right)
    await edit(opened.other, 'm', { evidence: { 'node-1': evidence } })
    expect(await countedOf(opened)).toEqual(['node-1'])
  })

  it('of one volume are one copy, by however many machines it was read', async () => {
    const nfs = { id: 'volume-1', type: 'nfs', isLocal: false }
    const [a] = await openTwo(nfs, nfs)
    const copies = await a.catalog.fleet.copies('m')
    expect([copies.length, countCopies(copies)]).toEqual([2, 1])
  })
})

async function renewLease(catalog: Catalog): Promise<void> {
  const lease = await catalog.leases.take('m', { forMs: DAY_MS })
  await catalog.leases.renew('m', lease.id, { forMs: DAY_MS })
}

describe('that a machine is there', () => {
  it.each<[string, (opened: TestCatalog) => Promise<unknown>]>([
    ['resolves a model', ({ catalog }) => catalog.resolve('m')],
    ['counts its models', ({ catalog }) => catalog.upkeep.stats()],
    ['applies a plan', async ({ catalog }) => catalog.upkeep.apply(await catalog.upkeep.doctor())],
    ['audits', ({ catalog }) => catalog.upkeep.audit({ olderThanMs: 999 * DAY_MS })],
    ['renews a lease', ({ catalog }) => renewLease(catalog)],
  ])('is recorded when it %s, and writes no entry for that', async (_, act) => {
    const [a, b] = await openTwo()
    b.clock.advance(2 * DAY_MS)
    const before = await a.catalog.get('m')
    await act(b)
    const seen = async () => Object.keys((await a.other.settings()).volumes)
    await expect.poll(seen).toEqual(['volume-2@node-2'])
    const { evidence } = (await a.catalog.get('m')) ?? {}
    expect(evidence).toEqual(before?.evidence)
  })

  it.each<[string, (opened: TestCatalog) => Promise<unknown>]>([
    ['resolves a model', ({ catalog }) => catalog.resolve('m')],
    ['renews a lease', ({ catalog }) => renewLease(catalog)],
  ])('is recorded by a program that %s and closes at once', async (_, act) => {
    const [a, b] = await openTwo()
    b.clock.advance(2 * DAY_MS)
    const change = b.store.changeSettings.bind(b.store)
    let write = (): void => undefined
    const wanted = new Promise<void>((resolve) => {
      write = resolve
    })
    b.store.changeSettings = async (settings) => {
      await wanted
      return change(settings)
    }
    await act(b)
    const closed = b.catalog.close()
    // By then a catalog that does not wait has closed its store.
    await new Promise((resolve) => setImmediate(resolve))
    write()
    await closed
    expect(Object.keys((await a.other.settings()).volumes)).toEqual(['volume-2@node-2'])
  })

  it('is recorded once a day, and as often as a shorter silence needs', async () => {
    const [, b] = await openTwo()
    const revision = async () => (await b.other.settings()).revision
    await b.catalog.upkeep.stats()
    await b.catalog.upkeep.stats()
    expect(await revision()).toBe(1)
    b.clock.advance(DAY_MS)
    await b.catalog.upkeep.stats()
    expect(await revision()).toBe(2)
    await b.catalog.policy.set({ silentAfterMs: 4000 })
    b.clock.advance(DAY_MS)
    for (const expected of [4, 5]) {
      await b.catalog.upkeep.stats()
      expect(await revision()).toBe(expected)
      b.clock.advance(1000)
    }
  })

  it('is recorded though other machines record the same at that moment', async () => {
    const [a, b] = await openTwo()
    b.store.beforeNextCommit(() => a.catalog.upkeep.stats())
    await b.catalog.upkeep.stats()
    expect(Object.keys((await a.other.settings()).volumes).sort()).toEqual([
      'volume-1@node-1',
      'volume-2@node-2',
    ])
  })
})

it('a model that is Active for all machines is usable here only on the machines that have read it', async () => {
  const shared = { backing: createMemoryBacking(), clock: fixedClock(), isShared: true }
  const [a, b] = [
    await openTestCatalog({ ...shared, node: 'node-1' }),
    await openTestCatalog({ ...shared, node: 'node-2' }),
  ]
  a.files.put(PATH, right)
  await a.catalog.register({ id: 'm', source: 'hf:org/m' })
  await a.catalog.verify('m')
  const usable = async ({ catalog }: TestCatalog) => {
    const { byState, usableHere } = await catalog.upkeep.stats()
    return [byState.Active.models, usableHere]
  }
  expect([await usable(a), await usable(b)]).toEqual([
    [1, 1],
    [1, 0],
  ])
  b.files.put(PATH, sampleDigest(2))
  await expect(b.catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  expect(await usable(b)).toEqual([1, 0])
  await a.catalog.setState('m', 'Retired')
  expect(await usable(a)).toEqual([0, 0])
  const { singleCopy, noCopy } = (await a.catalog.upkeep.stats()).fleet ?? {}
  expect([singleCopy, noCopy]).toEqual([0, 0])
  await a.catalog.setState('m', 'Active')
  await a.catalog.policy.set({ maxEvidenceAgeMs: 1000 })
  a.clock.advance(1001)
  expect(await usable(a)).toEqual([1, 0])
})
