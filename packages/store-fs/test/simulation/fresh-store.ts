import type { CatalogStore } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { immediateOrder } from './call-order.ts'
import { BrokenPromise, checkCommits, describeChange } from './check-observations.ts'
import { describeEntries, replayDisk } from './journal-oracle.ts'
import type { Observations } from './observations.ts'
import { ROOT } from './origins.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedProcess } from './simulated-process.ts'

/** What a store holds, in one text, and where it stands. */
export async function describeStore(store: CatalogStore): Promise<string> {
  const state = describeEntries(await store.list({}))
  return `${state} at ${await store.refresh()}`
}

/** What a new process on a disk that works finds there, without help. */
export async function describeFreshly(disk: SimulatedDisk): Promise<string> {
  const store = await openFreshly(disk)
  try {
    return describeEntries(await store.list({}))
  } finally {
    await store.close()
  }
}

/** Opens what a crash left, and compares it with the bytes and with what callers had been told. */
export async function checkRecovery(disk: SimulatedDisk, observations: Observations): Promise<void> {
  const store = await openFreshly(disk)
  const found = await describeStore(store)
  const changes = await store.changes(0)
  const totals = await store.totals()
  await store.close()
  const history = replayDisk(disk, ROOT)
  if (history === undefined) throw new BrokenPromise('the catalog is gone')
  checkCommits(observations, history)
  assertEqual('state', found, `${history.states.at(-1)} at ${history.head}`)
  if (history.start === totals.since)
    assertEqual('totals', `${countOf(totals.operations)}`, `${history.changes.length}`)
  assertEqual('changes', changes.map(describeChange).join(), history.changes.map(describeChange).join())
}

/** Each change that took effect is counted, and once. */
function countOf(operations: Readonly<Record<string, number>>): number {
  return Object.values(operations).reduce((sum, count) => sum + count, 0)
}

export function assertEqual(what: string, found: string, expected: string): void {
  if (found !== expected) throw new BrokenPromise(`${what}: found ${found}, expected ${expected}`)
}

function openFreshly(disk: SimulatedDisk): Promise<CatalogStore> {
  return openFileStore({ root: ROOT, disk: new SimulatedProcess('fresh', disk, immediateOrder) })
}
