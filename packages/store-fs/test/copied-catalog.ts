import { sampleEntry } from '@catalog/testkit'
import {
  type CatalogBeginning,
  type CommittedChange,
  type CopiedRecord,
  isCatalogError,
  type ModelId,
  type StoredSettings,
} from '@catalog/types'
import { TotalsTally } from '@catalog/types/adapter'
import { expect } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { openFileStore } from '../src/file-store.ts'
import { openFileCopyOn } from '../src/open-file-copy.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import type { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'

/** What is written at once, so that a kill leaves a part of it. */
const BATCH = 6
const FROM = 7
const AT = '2026-01-02T03:04:05.000Z'
/** How many records the original has. */
const RECORDS = 24

const settings: StoredSettings = { revision: 2, policy: { maxEvidenceAgeMs: 1000 }, volumes: {} }
const beginning: CatalogBeginning = {
  position: FROM,
  entries: [{ ...sampleEntry({ id: 'old' }), revision: 4 }],
  removed: [{ id: 'gone' as ModelId, revision: 2 }],
  settings: { revision: 1, policy: {}, volumes: {} },
  totals: new TotalsTally(FROM).read(FROM),
}
const records = Array.from({ length: RECORDS }, (_, index): CopiedRecord => {
  const position = FROM + 1 + index
  return { position, at: AT, changes: index === 3 ? [] : [toChange(position, index)] }
})

/** Four revisions of each model: it is made, changed twice and removed. */
function toChange(position: number, index: number): CommittedChange {
  const id = `m-${Math.floor(index / 5)}` as ModelId
  const revision = (index % 5) + 1
  const isRemoval = revision === 4
  const entry = isRemoval ? null : { ...sampleEntry({ id, name: `${id} ${revision}` }), revision }
  return { position, at: AT, operation: isRemoval ? 'remove' : 'update', id, revision, entry }
}

export interface CopyPlan {
  /** How many records the original has by now. */
  readonly count?: number
  readonly segmentBytes?: number
}

/** Copies what is missing, as a migration does. */
export async function copyAll(
  disk: FileSystem,
  { count = RECORDS, segmentBytes = 1000 }: CopyPlan = {},
): Promise<{ readonly isResumed: boolean }> {
  const copy = await openFileCopyOn(disk, ROOT, segmentBytes)
  const end = FROM + count
  let isResumed = false
  try {
    let position = FROM
    let isNew = copy.state === 'empty'
    if (!isNew) {
      const target = await copy.read()
      const { ok, from } = await target.verifyHistory()
      position = await target.refresh()
      isNew = copy.state === 'unfinished' && position === from
      if (isNew) position = FROM
      else expect({ ok, from }).toEqual({ ok: true, from: FROM })
      isResumed = !isNew && position < end
    }
    if (copy.state === 'finished' && position === end) {
      await copy.finish()
      return { isResumed }
    }
    if (isNew) await copy.begin(beginning)
    const missing = records.slice(position - FROM, count)
    for (let first = 0; first < missing.length; first += BATCH)
      await copy.append(missing.slice(first, first + BATCH), settings)
    await copy.complete(settings, { ...beginning.totals, position: end })
    await copy.finish()
    return { isResumed }
  } finally {
    await copy.close()
  }
}

/** All that a store answers; `refused` if none opens it. */
export async function describeCatalog(disk: SimulatedDisk): Promise<object | 'refused'> {
  const process = new SimulatedProcess('store', disk.clone(), immediateOrder)
  try {
    const store = await openFileStore({ root: ROOT, disk: process, create: false })
    const report = await store.verifyHistory()
    const { operations } = await store.totals()
    const answers = {
      ...{ ok: report.ok, from: report.from, operations, position: await store.refresh() },
      ...{ models: await store.list({}), changes: await store.changes(0), settings: await store.settings() },
      removed: (await store.removed()).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    }
    await store.close()
    return answers
  } catch (error) {
    if (isCatalogError(error, 'UNSUPPORTED_FORMAT') || isCatalogError(error, 'CATALOG_MISSING'))
      return 'refused'
    throw error
  }
}
