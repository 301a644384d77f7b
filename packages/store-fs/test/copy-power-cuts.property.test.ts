import { sampleEntry } from '@catalog/testkit'
import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import type { CatalogBeginning, CommittedChange, CopiedRecord, ModelId, StoredSettings } from '@catalog/types'
import { isCatalogError } from '@catalog/types'
import { TotalsTally } from '@catalog/types/adapter'
import { expect, it } from 'vitest'
import { openFileStore } from '../src/file-store.ts'
import { openFileCopyOn } from '../src/open-file-copy.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import { Random } from './simulation/random.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'

const CUTS = scaleRuns(3)
/** What of the bytes of a write is on the disk when the process is killed: also a record whose line feed alone is missing. */
const PARTS = [
  (bytes: number) => Math.floor(0.4 * bytes),
  (bytes: number) => bytes - 1,
  (bytes: number) => bytes,
]
/** What is written at once, so that a kill leaves a part of it. */
const BATCH = 6
const FROM = 7
const AT = '2026-01-02T03:04:05.000Z'

const settings: StoredSettings = { revision: 2, policy: { maxEvidenceAgeMs: 1000 }, volumes: {} }
const beginning: CatalogBeginning = {
  position: FROM,
  entries: [{ ...sampleEntry({ id: 'old' }), revision: 4 }],
  removed: [{ id: 'gone' as ModelId, revision: 2 }],
  settings: { revision: 1, policy: {}, volumes: {} },
  totals: new TotalsTally(FROM).read(FROM),
}
const records = Array.from({ length: 24 }, (_, index): CopiedRecord => {
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

it('a copy that a power cut ended is refused by stores, and is whole once it was repeated', async () => {
  const whole = new SimulatedDisk()
  const calls: string[] = []
  const observer = new SimulatedProcess('copier', whole, immediateOrder)
  observer.findFault = ({ kind }) => void calls.push(kind)
  await copyAll(observer)
  const expected = await describe(whole)
  expect(whole.list(`${ROOT}/.catalog`).filter((name) => name.startsWith('snapshot'))).toHaveLength(2)
  const counts = { refused: 0, whole: 0, resumed: 0 }
  for (const [index, kind] of calls.entries()) {
    for (const [part, findPart] of (kind === 'append' ? PARTS : PARTS.slice(-1)).entries()) {
      const killed = new SimulatedDisk()
      await copyUntilKilled(killed, index + 1, findPart)
      for (let number = 0; number < CUTS; number += 1) {
        const disk = killed.clone()
        // Also without a cut: what a kill alone leaves.
        if (number > 0) disk.cutPower(new Random(seedOfRun() + number), number % 2 === 0 ? 'any' : 'ordered')
        const found = await describe(disk)
        if (found === 'refused') counts.refused += 1
        else expect(found, `call ${index + 1}, part ${part}`).toEqual(expected)
        const { isResumed } = await copyAll(new SimulatedProcess('again', disk, immediateOrder))
        if (isResumed) counts.resumed += 1
        // What was said to be finished is durable.
        disk.cutPower(new Random(seedOfRun() + number), 'any')
        expect(await describe(disk), `call ${index + 1}, part ${part}`).toEqual(expected)
        counts.whole += 1
      }
    }
  }
  expect(counts.refused).toBeGreaterThan(0)
  expect(counts.resumed).toBeGreaterThan(0)
})

/** Copies what is missing, as a migration does. */
async function copyAll(process: SimulatedProcess): Promise<{ readonly isResumed: boolean }> {
  const copy = await openFileCopyOn(process, ROOT, 1000)
  let isResumed = false
  try {
    if (copy.state === 'finished') {
      await copy.finish()
      return { isResumed }
    }
    let position = FROM
    let isNew = copy.state === 'empty'
    if (copy.state === 'unfinished') {
      const target = await copy.read()
      const report = await target.verifyHistory()
      expect(report).toMatchObject({ ok: true, from: FROM })
      position = await target.refresh()
      isNew = position === FROM
      isResumed = !isNew && position < FROM + records.length
    }
    if (isNew) await copy.begin(beginning)
    const missing = records.filter((record) => record.position > position)
    for (let first = 0; first < missing.length; first += BATCH)
      await copy.append(missing.slice(first, first + BATCH), settings)
    await copy.complete(settings, beginning.totals)
    await copy.finish()
    return { isResumed }
  } finally {
    await copy.close()
  }
}

async function copyUntilKilled(
  disk: SimulatedDisk,
  killedAt: number,
  findPart: (bytes: number) => number,
): Promise<void> {
  const process = new SimulatedProcess('killed', disk, immediateOrder)
  process.findFault = ({ number, bytes }) =>
    number === killedAt ? { kind: 'kill', bytes: findPart(bytes) } : undefined
  let isOver = false
  void copyAll(process).finally(() => {
    isOver = true
  })
  while (!isOver && process.isAlive) await new Promise(setImmediate)
  expect(process.isAlive).toBe(false)
}

/** All that a store answers; `refused` if none opens it. */
async function describe(disk: SimulatedDisk): Promise<object | 'refused'> {
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
