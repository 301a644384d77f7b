import { fixedClock, sampleEntry } from '@catalog/testkit'
import { type CatalogStore, type Change, parseModelId } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { extendPrefix } from '../../src/format/checksum.ts'
import { encodeCommit } from '../../src/format/commit-codec.ts'
import { type ChainPoint, formatRecord, parseLine } from '../../src/format/record.ts'
import { immediateOrder } from '../simulation/call-order.ts'
import { ROOT } from '../simulation/origins.ts'
import { SimulatedDisk } from '../simulation/simulated-disk.ts'
import { SimulatedProcess } from '../simulation/simulated-process.ts'
import type { Files } from './damages.ts'

export const DIRECTORY: string = `${ROOT}/.catalog`

/** A catalog at rest, to be damaged. */
export interface ByteCatalog {
  readonly name: string
  readonly files: Files
}

/** Catalogs whose files hold every kind of line in every place that matters. */
export async function buildCatalogs(): Promise<readonly ByteCatalog[]> {
  return [
    { name: 'closed', files: await buildClosed() },
    { name: 'killed', files: await buildKilled() },
    { name: 'sealed', files: await buildSealed() },
    { name: 'sealed, and no next segment', files: await buildSealedOnly() },
  ]
}

/** A disk with copies of these files, and nothing else: the view says nothing of their inodes. */
export function createDisk(files: Files): SimulatedDisk {
  const disk = new SimulatedDisk(1_000_000)
  disk.makeDirectory(DIRECTORY)
  for (const [path, bytes] of files) disk.open(path, 'create-new').append(bytes)
  return disk
}

/** 20 records of every kind, a torn line and two that raced among them; its writers have closed their stores. */
async function buildClosed(): Promise<Files> {
  const disk = new SimulatedDisk()
  const first = await open(disk)
  await commit(first, register('a'))
  await commit(first, register('b'), register('c'))
  await commit(first, update('a', 1))
  await first.commit([
    { operation: 'two commits', changes: [update('b', 1)] },
    { operation: 'in one record', actor: 'operator', reason: 'because', changes: [register('d')] },
  ])
  await commit(first, update('a', 1))
  await commit(first, remove('c', 1))
  await commit(first, register('A'))
  await first.close()
  await leaveTornLine(disk, 0.5)
  const second = await open(disk)
  await commit(second, register('c'))
  await commit(second, update('a', 2), remove('b', 2))
  await race(disk, second)
  await commit(second, register('f'))
  await leaveTornLine(disk, 0.9)
  const third = await open(disk)
  await commit(third, register('g'))
  await commit(second, update('g', 1))
  await commit(third, update('g', 2), update('f', 1))
  await second.close()
  await commit(third, remove('d', 1))
  await commit(third, register('d'))
  await third.close()
  return filesOf(disk)
}

/** Three writers were killed: nothing covers the last record of any. The last thing in the file is a torn line. */
async function buildKilled(): Promise<Files> {
  const disk = new SimulatedDisk()
  const first = await open(disk)
  await commit(first, register('a'))
  await commit(first, register('b'))
  await race(disk, await open(disk))
  await leaveTornLine(disk, 0.7)
  return filesOf(disk)
}

/** Two segments; behind the seal of the first stands a record that came too late. */
async function buildSealed(): Promise<Files> {
  const disk = await seal()
  appendTooLate(disk)
  const store = await open(disk)
  await commit(store, register('x'))
  await commit(store, remove('b', 1))
  await commit(store, update('x', 1))
  await store.close()
  return filesOf(disk)
}

/** The last record is the seal, and its writer was killed before it made the next segment. */
async function buildSealedOnly(): Promise<Files> {
  const disk = await seal()
  for (const kind of ['journal', 'snapshot']) disk.remove(`${DIRECTORY}/${kind}-000002.jsonl`)
  return filesOf(disk)
}

async function seal(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  const first = await open(disk)
  await commit(first, register('a'))
  await commit(first, register('b'))
  await commit(first, register('c'))
  await leaveTornLine(disk, 0.3)
  await commit(first, remove('c', 1))
  const sealer = await open(disk, 1)
  await commit(sealer, update('a', 1))
  while (!disk.exists(`${DIRECTORY}/snapshot-000002.jsonl`)) await new Promise(setImmediate)
  return disk
}

function open(disk: SimulatedDisk, segmentBytes = 1 << 20): Promise<CatalogStore> {
  return openOn(new SimulatedProcess('writer', disk, immediateOrder), segmentBytes)
}

function openOn(process: SimulatedProcess, segmentBytes = 1 << 20): Promise<CatalogStore> {
  const clock = fixedClock('2026-01-01T00:00:00Z')
  return openFileStore({ root: ROOT, disk: process, timers: process.timers, clock, segmentBytes })
}

async function commit(store: CatalogStore, ...changes: Change[]): Promise<void> {
  await store.commit([{ operation: 'test', changes }])
}

function register(id: string): Change {
  return update(id, 0)
}

function update(id: string, ifRevision: number): Change {
  const entry = sampleEntry({ id, name: `${id} after ${ifRevision}`, source: 'file:x', digest: null })
  return { id: parseModelId(id), ifRevision, entry }
}

function remove(id: string, ifRevision: number): Change {
  return { id: parseModelId(id), ifRevision, entry: null }
}

/** A writer that is killed when that share of its record is written. */
async function leaveTornLine(disk: SimulatedDisk, share: number): Promise<void> {
  const process = new SimulatedProcess('killed', disk, immediateOrder)
  const store = await openOn(process)
  process.findFault = ({ kind, bytes }) =>
    kind === 'append' ? { kind: 'kill', bytes: Math.floor(share * bytes) } : undefined
  void store.commit([{ operation: 'torn', changes: [register('torn')] }]).catch(() => undefined)
  while (process.isAlive) await new Promise(setImmediate)
}

/** Two records of which neither writer had seen the other's: they stand one behind the other all the same. */
async function race(disk: SimulatedDisk, store: CatalogStore): Promise<void> {
  const head = headOf(disk)
  await commit(store, register('e'))
  const path = `${DIRECTORY}/journal-000001.jsonl`
  const header = { after: head, synced: [0, '0'.repeat(32)] as const, writer: 'r'.repeat(36), seq: 1, at: AT }
  const raced = encodeCommit({ operation: 'raced', changes: [update('e', 0)] })
  disk.open(path, 'append').append(formatRecord(header, { commits: [raced] }))
}

const AT = '2026-01-01T00:00:00.000Z'

/** A record whose writer had not seen the seal. */
function appendTooLate(disk: SimulatedDisk): void {
  const header = { after: [0, '0'.repeat(32)] as const, synced: [0, '0'.repeat(32)] as const }
  const late = encodeCommit({ operation: 'late', changes: [register('late')] })
  const record = formatRecord({ ...header, writer: 'l'.repeat(36), seq: 1, at: AT }, { commits: [late] })
  disk.open(`${DIRECTORY}/journal-000001.jsonl`, 'append').append(record)
}

function headOf(disk: SimulatedDisk): ChainPoint {
  let head: ChainPoint = [0, '0'.repeat(32)]
  const text = disk.peek(`${DIRECTORY}/journal-000001.jsonl`)?.toString('latin1') ?? ''
  for (const line of text.split('\n').map((each) => Buffer.from(each, 'latin1'))) {
    if (parseLine(line) !== undefined) head = [head[0] + 1, extendPrefix(head[1], line)]
  }
  return head
}

function filesOf(disk: SimulatedDisk): Files {
  const paths = disk.list(DIRECTORY).map((name) => `${DIRECTORY}/${name}`)
  paths.push(`${ROOT}/catalog.json`)
  const files = new Map<string, Buffer>()
  for (const path of paths.filter((each) => !each.endsWith('.tmp'))) {
    const bytes = disk.peek(path)
    if (bytes !== undefined) files.set(path, Buffer.from(bytes))
  }
  return files
}
