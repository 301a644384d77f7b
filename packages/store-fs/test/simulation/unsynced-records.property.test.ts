import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { type CatalogStore, isCatalogError } from '@catalog/types'
import { beforeAll, describe, expect, it } from 'vitest'
import { openFileStore } from '../../src/file-store.ts'
import { verifyHistory } from '../../src/history/verify-history.ts'
import { immediateOrder } from './call-order.ts'
import { isOutcomeKnown, registration } from './fault-cases.ts'
import { describeFreshly } from './fresh-store.ts'
import { describeEntries } from './journal-oracle.ts'
import { type Origins, prepareOrigins, ROOT } from './origins.ts'
import { Random } from './random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { type DiskCall, type Fault, SimulatedProcess } from './simulated-process.ts'

const POWER_CUTS = scaleRuns(10)

// What is written and not synced can be read by everybody, until a power cut takes it.
describe('an unsynced record', () => {
  let origins: Origins
  beforeAll(async () => {
    origins = await prepareOrigins()
  })

  it('is not in the view that another store writes, unless that has synced it', async () => {
    const disk = origins.catalog.clone()
    await failAt(disk, 'append', { kind: 'kill', bytes: Number.POSITIVE_INFINITY })
    await (await open(disk)).close()
    for (const cut of cutPowers(disk)) {
      const shown = viewOf(cut)
      // Or the cut took the view that shows it.
      if (shown !== '') expect(shown).toBe(await describeFreshly(cut))
    }
  })

  it('is on the disk before another store builds on it, also where its sync failed', async () => {
    const disk = origins.catalog.clone()
    await failAt(disk, 'sync', { kind: 'error', code: 'EIO' })
    await (await open(disk)).commit([registration('after')])
    for (const cut of cutPowers(disk)) expect(await describeFreshly(cut)).toContain('after=')
  })

  it.each([
    ['its own', 1],
    ['that of the seal', 2],
  ])('is on the disk before a segment is made from it, also where %s sync failed', async (_, call) => {
    const disk = origins.catalog.clone()
    await failAt(disk, 'sync', { kind: 'error', code: 'EIO' }, call)
    const store = await open(disk)
    await store.commit([registration('after')])
    await store.close()
    for (const cut of cutPowers(disk)) {
      const reopened = await open(cut)
      const changes = await reopened.changes(0)
      expect(changes.map(({ id }) => id)).toEqual(['failed', 'after'])
      await reopened.close()
      const disk = new SimulatedProcess('verifying', cut, immediateOrder)
      expect(await verifyHistory(ROOT, { disk })).toMatchObject({ ok: true })
    }
  })

  it('does not come back once its caller was told that it is not there', async () => {
    const disk = origins.catalog.clone()
    const error = await failAt(disk, 'append', { kind: 'short', bytes: -1 })
    expect(isOutcomeKnown(error)).toBe(true)
    // What makes the record void must stay with it.
    expect(disk.fileAt(`${ROOT}/.catalog/journal-000001.jsonl`)?.hasUnsynced).toBe(false)
    await (await open(disk)).commit([registration('after')])
    expect(await describeFreshly(disk)).not.toContain('failed=')
  })

  function open(disk: SimulatedDisk): Promise<CatalogStore> {
    return openFileStore({
      root: ROOT,
      segmentBytes: 1,
      disk: new SimulatedProcess('another', disk, immediateOrder),
    })
  }
})

/**
 * A commit, and the seal that follows it, of which one call of a kind fails; negative bytes: so many fewer than given.
 * What the commit was told.
 */
async function failAt(
  disk: SimulatedDisk,
  kind: DiskCall['kind'],
  fault: Fault,
  failing = 1,
): Promise<unknown> {
  const process = new SimulatedProcess('failing', disk, immediateOrder)
  const store = await openFileStore({ root: ROOT, disk: process, segmentBytes: 1 })
  let calls = 0
  process.findFault = (call) => {
    if (call.kind !== kind) return undefined
    calls += 1
    if (calls !== failing) return undefined
    return 'bytes' in fault && fault.bytes < 0 ? { ...fault, bytes: call.bytes + fault.bytes } : fault
  }
  let told: unknown
  const commit = store.commit([registration('failed')]).catch((error: unknown) => {
    told = error
  })
  if (fault.kind !== 'kill') await commit
  await new Promise(setImmediate)
  expect(calls).toBeGreaterThanOrEqual(failing)
  expect(told === undefined || isCatalogError(told)).toBe(true)
  process.kill()
  return told
}

function* cutPowers(disk: SimulatedDisk): Generator<SimulatedDisk> {
  for (let number = 1; number <= POWER_CUTS; number += 1) {
    const cut = disk.clone()
    cut.cutPower(new Random(seedOfRun() + number), number % 2 === 0 ? 'any' : 'ordered')
    yield cut
  }
}

function viewOf(disk: SimulatedDisk): string {
  const text = disk.peek(`${ROOT}/catalog.json`)?.toString('utf8')
  return text === undefined ? '' : describeEntries(JSON.parse(text).models)
}
