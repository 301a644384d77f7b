import { type CatalogErrorDetails, isCatalogError } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { verifyHistory } from '../../src/history/verify-history.ts'
import type { RecoveryReport } from '../../src/journal/recovery-report.ts'
import { immediateOrder } from '../simulation/call-order.ts'
import { describeChange } from '../simulation/check-observations.ts'
import { describeEntries } from '../simulation/journal-oracle.ts'
import { ROOT } from '../simulation/origins.ts'
import { SimulatedProcess } from '../simulation/simulated-process.ts'
import { createDisk } from './catalogs.ts'
import type { Files } from './damages.ts'

/** What the store says about a catalog, in texts to compare: a code where it refuses. */
export interface Sight {
  /** The entries, and the number of the last record. */
  readonly state: string
  /** The whole history. */
  readonly changes: string
  /** How many records `onRecovery` was told that a power cut took. */
  readonly dropped: number
  /** What `verifyHistory` says: the last record, or the file that is not right. */
  readonly verified: string
}

export interface PlacedSight extends Sight {
  /** Where opening says that the damage is. */
  readonly place: CatalogErrorDetails['DAMAGED'] | undefined
}

/** Verifies, then opens for writing and reads. */
export async function lookAtCatalog(files: Files): Promise<PlacedSight> {
  const process = new SimulatedProcess('reader', createDisk(files), immediateOrder)
  const verified = await verify(process)
  let dropped = 0
  const onRecovery = (report: RecoveryReport): void => {
    dropped = report.dropped?.records ?? 0
  }
  try {
    const store = await openFileStore({ root: ROOT, disk: process, timers: process.timers, onRecovery })
    const state = `${describeEntries(await store.list({}))} at ${await store.refresh()}`
    const changes = await store.changes(0).then((found) => found.map(describeChange).join(), codeOf)
    return { state, changes, dropped, verified, place: undefined }
  } catch (error) {
    const place = isCatalogError(error, 'DAMAGED') ? error.details : undefined
    return { state: codeOf(error), changes: codeOf(error), dropped, verified, place }
  }
}

async function verify(disk: SimulatedProcess): Promise<string> {
  const report = await verifyHistory(ROOT, { disk }).catch(codeOf)
  if (typeof report === 'string') return report
  return report.ok ? `right up to ${report.to}` : `not right: ${report.path}`
}

function codeOf(error: unknown): string {
  if (isCatalogError(error)) return error.code
  throw error
}
