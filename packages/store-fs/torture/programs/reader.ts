// Reads the catalog in every way while others register, until its standard input ends and it has read often enough,
// and tells when it sees half a commit, or something that was there before and is no more.
import { setImmediate } from 'node:timers/promises'
import { type CatalogStore, parseModelId } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { SHARED_ID, twinOf, twinsIn } from '../crowd-ids.ts'
import { toFailedLine } from '../lines.ts'
import { createRandom } from '../random.ts'
import { readJob, report, watchForEnd } from './report.ts'

export interface ReaderJob {
  readonly root: string
  readonly segmentBytes?: number
  readonly seed: number
  /** Of the registrars. */
  readonly prefixes: readonly string[]
  readonly leastReads: number
}

const LIST_EVERY = 200

const { seed, prefixes, leastReads, ...place } = readJob<ReaderJob>()
const random = createRandom(seed)
const watch = watchForEnd()
const floors = new Map<string, number>()
const found = new Map<string, number>()
let reads = 0
let lists = 0
try {
  const store = await openFileStore(place)
  for (; !watch.isOver || reads < leastReads; reads += 1) {
    await readOnce(store)
    // The end of standard input is only seen in a turn of the event loop.
    if (reads % 20 === 0) await setImmediate()
  }
  await store.close()
} catch (error) {
  report(toFailedLine(error))
  process.exitCode = 1
}
report({ kind: 'counts', counts: { reads, lists } })
process.stdin.destroy()

async function readOnce(store: CatalogStore): Promise<void> {
  if (reads % LIST_EVERY === 0) return await readList(store)
  const kind = random.between(0, 4)
  if (kind === 0) return assertNotBelow('position', await store.refresh())
  if (kind === 1) return assertNotBelow('count of entries', total(await store.counts()))
  if (kind === 2)
    return assertNotBelow('revision of the shared entry', (await revisionOf(store, SHARED_ID)) ?? 0)
  await readRegistration(store, random.pick(prefixes) ?? '')
}

/** A registrar goes from 0 up, so where one is found all before it must be. */
async function readRegistration(store: CatalogStore, prefix: string): Promise<void> {
  const known = found.get(prefix) ?? 0
  const n = random.between(0, known)
  const isThere = (await revisionOf(store, `${prefix}-${n}`)) !== undefined
  if (n < known && !isThere) broken(`${prefix}-${n} is gone`)
  if (n === known && isThere) found.set(prefix, known + 1)
  const twin = twinOf(prefix, n)
  if (isThere && twin !== undefined && (await revisionOf(store, twin)) === undefined)
    broken(`${twin} is missing`)
}

async function readList(store: CatalogStore): Promise<void> {
  const position = await store.refresh()
  const ids = new Set((await store.list({})).map(({ id }): string => id))
  lists += 1
  assertNotBelow('position', position)
  assertNotBelow('count of entries', ids.size)
  for (const half of twinsIn(ids).halves) broken(`the list has only one of ${half} and its twin`)
  for (const [prefix, known] of found) {
    for (let n = 0; n < known; n += 1) if (!ids.has(`${prefix}-${n}`)) broken(`the list lacks ${prefix}-${n}`)
  }
}

async function revisionOf(store: CatalogStore, id: string): Promise<number | undefined> {
  return (await store.get(parseModelId(id)))?.revision
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function assertNotBelow(what: string, value: number): void {
  const floor = floors.get(what) ?? 0
  if (value < floor) broken(`the ${what} went back from ${floor} to ${value}`)
  floors.set(what, value)
}

function broken(what: string): void {
  report({ kind: 'broken', what })
}
