import {
  createMemoryBacking,
  FakeFiles,
  type FixedClock,
  fixedClock,
  type MemoryBacking,
  openMemoryStore,
  sampleVolume,
} from '@catalog/testkit'
import {
  type CatalogObserver,
  type CatalogStore,
  type EntryContent,
  type FileState,
  type Fingerprint,
  type ModelEntry,
  parseModelId,
} from '@catalog/types'
import { Catalog } from '../src/catalog.ts'
import type { CatalogPolicy } from '../src/context/catalog-ports.ts'
import type { Wait } from '../src/context/wait.ts'
import { CompetingStore } from './competing-store.ts'

export interface TestCatalogOptions {
  readonly backing?: MemoryBacking
  readonly node?: string
  readonly files?: FakeFiles
  readonly observer?: CatalogObserver
  readonly policy?: CatalogPolicy
  readonly holder?: string
  readonly clock?: FixedClock
  readonly wait?: Wait
  /** Whether the store is that of several machines. */
  readonly isShared?: boolean
}

/** A catalog of one node, with everything it stands on. */
export interface TestCatalog {
  readonly catalog: Catalog
  readonly store: CompetingStore
  readonly files: FakeFiles
  readonly clock: FixedClock
  readonly backing: MemoryBacking
  /** The same catalog as another process has it open, past the competitors of `store`. */
  readonly other: CatalogStore
}

export async function openTestCatalog(options: TestCatalogOptions = {}): Promise<TestCatalog> {
  const { backing = createMemoryBacking(), node = 'node-1', observer } = options
  const { files = createDisk(node) } = options
  const { policy, holder, clock = fixedClock(), wait, isShared } = options
  const store = new CompetingStore(await openMemoryStore({ backing, clock, isShared }))
  const other = await openMemoryStore({ backing, clock })
  let elapsedMs = 0
  const monotonicMs = (): number => {
    elapsedMs += 5
    return elapsedMs
  }
  const { volumes } = files
  const ports = {
    store,
    verifier: files,
    files,
    volumes,
    clock,
    node,
    observer,
    monotonicMs,
    holder,
    policy,
    wait,
  }
  const catalog = new Catalog(ports)
  return { catalog, store, files, clock, backing, other }
}

/** The disk of a machine, with a volume of its own. */
function createDisk(node: string): FakeFiles {
  const files = new FakeFiles()
  files.volumes.present = [sampleVolume({ id: node.replace('node', 'volume') })]
  return files
}

/** A fingerprint as evidence keeps it. */
export function withoutDev({ dev: _dev, ...state }: Fingerprint): FileState {
  return state
}

/** Puts an entry into the store behind the catalog's back, over any entry of its id. */
export async function plant(store: CatalogStore, entry: EntryContent): Promise<ModelEntry> {
  const known = await store.get(entry.id)
  const change = { id: entry.id, ifRevision: known?.revision ?? 0, entry }
  const [outcome] = await store.commit([{ operation: 'edit', changes: [change] }])
  if (outcome?.applied !== true || !outcome.entries[0]) throw new Error('the planted entry must be taken')
  return outcome.entries[0]
}

/** Changes some fields of an entry behind the catalog's back. */
export async function edit(
  store: CatalogStore,
  id: string,
  fields: Partial<EntryContent>,
): Promise<ModelEntry> {
  return plant(store, { ...(await readPresent(store, id)), ...fields })
}

/** Removes an entry behind the catalog's back. */
export async function dropEntry(store: CatalogStore, id: string): Promise<void> {
  const { id: known, revision } = await readPresent(store, id)
  await store.commit([{ operation: 'remove', changes: [{ id: known, ifRevision: revision, entry: null }] }])
}

async function readPresent(store: CatalogStore, id: string): Promise<ModelEntry> {
  const entry = await store.get(parseModelId(id))
  if (entry === undefined) throw new Error(`${id} must be there`)
  return entry
}
