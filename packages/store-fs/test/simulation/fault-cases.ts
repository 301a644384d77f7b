import { type CatalogStore, type Commit, isCatalogError } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { registrationOf } from '../commits.ts'
import { immediateOrder } from './call-order.ts'
import type { ErrorCode } from './disk-error.ts'
import { ROOT } from './origins.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { type DiskCall, type Fault, SimulatedProcess } from './simulated-process.ts'

/** What goes wrong with the calls of an operation, from call number `from` on or there only. */
export interface FaultCase {
  readonly from: number
  readonly lasts: boolean
  readonly fault: ErrorCode | ShortWrite
}

/** How much of an append is written. */
type ShortWrite = 'no byte' | 'half' | 'all but one byte'

/** An operation of the store whose every call is made to fail. */
export interface Operation {
  readonly name: string
  /** Before the fault. */
  prepare(process: SimulatedProcess): Promise<CatalogStore | undefined>
  /** Returns the store that is open afterwards. */
  act(process: SimulatedProcess, store: CatalogStore | undefined): Promise<CatalogStore | undefined>
}

export const OPERATIONS: readonly Operation[] = [
  { name: 'open', prepare: async () => undefined, act: (process) => open(process) },
  { name: 'commit', prepare: (process) => open(process), act: commitOnce },
  { name: 'commit and seal', prepare: openLong, act: commitOnce },
  { name: 'close', prepare: openAndCommit, act: closeStore },
  { name: 'reopen', prepare: openAndCommit, act: reopen },
  { name: 'follow into the next segment', prepare: openBehind, act: listAll },
]

export const FAULTS: readonly FaultCase['fault'][] = [
  'EIO',
  'ENOSPC',
  'EACCES',
  'EINTR',
  'no byte',
  'half',
  'all but one byte',
]

export interface CaseResult {
  /** False where the operation makes fewer calls than that, or none that the fault concerns. */
  readonly isReached: boolean
  /** The kind of each call that the operation made, in order. */
  readonly calls: readonly DiskCall['kind'][]
  /** What the operation ended with; undefined where it succeeded. */
  readonly error: unknown
  /** What closing the store ended with, the fault still there. */
  readonly closeError: unknown
  readonly openFiles: number
}

/** Runs an operation with one fault, and closes what it left open. */
export async function runCase(
  disk: SimulatedDisk,
  operation: Operation,
  faultCase: FaultCase | undefined,
): Promise<CaseResult> {
  const process = new SimulatedProcess('p', disk, immediateOrder)
  let store = await operation.prepare(process)
  const callsBefore = process.calls
  const kinds: DiskCall['kind'][] = []
  let isReached = false
  process.findFault = (call) => {
    kinds.push(call.kind)
    const fault = faultCase && faultFor(faultCase, call, call.number - callsBefore)
    isReached ||= fault !== undefined
    return fault
  }
  const error = await errorOf(async () => {
    store = await operation.act(process, store)
    await backgroundWork()
  })
  const calls = kinds.slice()
  const closeError = await errorOf(async () => store?.close())
  await backgroundWork()
  return { isReached, calls, error, closeError, openFiles: process.openFiles }
}

/** Under an operation of its own, by which the journal's records are told apart. */
export function registration(id: string): Commit {
  return { ...registrationOf(id), operation: `register-${id}` }
}

/** Whether the fault is a short write, not an error. */
export function isShortWrite(fault: FaultCase['fault']): fault is ShortWrite {
  return !fault.startsWith('E')
}

/** Whether an operation may have taken effect although it failed. */
export function isOutcomeKnown(error: unknown): boolean {
  if (isCatalogError(error, 'NO_SPACE')) return error.details.outcome === 'none'
  return isCatalogError(error, 'IO') && error.details.outcome === 'none'
}

function faultFor(
  { from, lasts, fault }: FaultCase,
  { kind, bytes }: DiskCall,
  number: number,
): Fault | undefined {
  if (lasts ? number < from : number !== from) return undefined
  switch (fault) {
    case 'no byte':
      return kind === 'append' ? { kind: 'short', bytes: 0 } : undefined
    case 'half':
      return kind === 'append' ? { kind: 'short', bytes: Math.ceil(bytes / 2) } : undefined
    case 'all but one byte':
      return kind === 'append' ? { kind: 'short', bytes: bytes - 1 } : undefined
    default:
      return { kind: 'error', code: fault }
  }
}

function open(process: SimulatedProcess, segmentBytes = 1 << 20): Promise<CatalogStore> {
  return openFileStore({ root: ROOT, disk: process, timers: process.timers, segmentBytes })
}

async function openAndCommit(process: SimulatedProcess): Promise<CatalogStore> {
  const store = await open(process)
  await store.commit([registration('prepared')])
  return store
}

/** A store whose next commit is followed by a seal. */
async function openLong(process: SimulatedProcess): Promise<CatalogStore> {
  const store = await openAndCommit(process)
  for (const id of ['a', 'b', 'c']) await store.commit([registration(id)])
  await store.close()
  return await open(process, 1)
}

/** A store that stands before a seal of another process. */
async function openBehind(process: SimulatedProcess): Promise<CatalogStore> {
  const store = await open(process)
  const other = await openLong(process)
  await other.commit([registration('prepared-last')])
  await backgroundWork()
  await other.close()
  return store
}

async function commitOnce(
  _: SimulatedProcess,
  store: CatalogStore | undefined,
): Promise<CatalogStore | undefined> {
  await store?.commit([registration('new')])
  return store
}

async function closeStore(_: SimulatedProcess, store: CatalogStore | undefined): Promise<undefined> {
  await store?.close()
}

async function reopen(process: SimulatedProcess, store: CatalogStore | undefined): Promise<CatalogStore> {
  await store?.close()
  return await open(process)
}

async function listAll(
  _: SimulatedProcess,
  store: CatalogStore | undefined,
): Promise<CatalogStore | undefined> {
  await store?.list({})
  return store
}

async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work()
    return undefined
  } catch (error) {
    return error ?? new Error('rejected with nothing')
  }
}

/** Sealing goes on after the commit that caused it; turns of the event loop are all that it waits for. */
async function backgroundWork(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise(setImmediate)
}
