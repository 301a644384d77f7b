import { fixedClock, sampleEntry } from '@catalog/testkit'
import { type CatalogStore, parseModelId } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import type { Files } from '../every-byte/damages.ts'
import { immediateOrder } from '../simulation/call-order.ts'
import { prepareOrigins, ROOT } from '../simulation/origins.ts'
import { SimulatedDisk } from '../simulation/simulated-disk.ts'
import { SimulatedProcess } from '../simulation/simulated-process.ts'

const DIRECTORY = `${ROOT}/.catalog`

/** As small as catalogs of every kind can be, so that very many can be looked at. */
export async function buildSmallCatalogs(): Promise<readonly Files[]> {
  const { 'catalog.json': adoptable } = await prepareOrigins()
  const bare = filesOf(adoptable)
  return [bare, filesOf(await fill(new SimulatedDisk(), 1 << 20)), filesOf(await fill(adoptable, 1))]
}

/** Registers, changes and removes something; with small segments, in three of them. */
async function fill(disk: SimulatedDisk, segmentBytes: number): Promise<SimulatedDisk> {
  const process = new SimulatedProcess('writer', disk, immediateOrder)
  const clock = fixedClock('2026-01-01T00:00:00Z')
  const options = { root: ROOT, disk: process, timers: process.timers, clock, segmentBytes }
  const store = await openFileStore(options)
  await put(store, 'a', 0)
  await put(store, 'b', 0)
  await put(store, 'a', 1)
  await store.commit([
    { operation: 'remove', changes: [{ id: parseModelId('b'), ifRevision: 1, entry: null }] },
  ])
  await store.close()
  return disk
}

async function put(store: CatalogStore, id: string, ifRevision: number): Promise<void> {
  const entry = sampleEntry({ id })
  await store.commit([{ operation: 'put', changes: [{ id: entry.id, ifRevision, entry }] }])
}

function filesOf(disk: SimulatedDisk): Files {
  const own = disk.exists(DIRECTORY) ? disk.list(DIRECTORY).map((name) => `${DIRECTORY}/${name}`) : []
  const files = new Map<string, Buffer>()
  for (const path of [...own, `${ROOT}/catalog.json`]) files.set(path, Buffer.from(disk.peek(path) ?? ''))
  return files
}
