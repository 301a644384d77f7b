import type {
  CatalogBeginning,
  CatalogReader,
  CatalogTotals,
  CommittedChange,
  ModelEntry,
  RemovedModel,
  StoredSettings,
} from '@catalog/types'
import { foldModelId, TotalsTally } from '@catalog/types/adapter'
import { type HistorySpan, readRecords } from './read-records.ts'
import { subtractTotals } from './subtract-totals.ts'

interface BeginningRequest {
  /** Where the kept history begins. */
  readonly position: number
  readonly settings: StoredSettings
  readonly signal?: AbortSignal | undefined
}

/**
 * What stood where the kept history begins: what no kept change touches stands as it stands, and of what the first kept change builds
 * on only the revision is needed.
 */
export async function findBeginning(
  store: CatalogReader,
  { position, settings, signal }: BeginningRequest,
): Promise<CatalogBeginning> {
  // In this order: what comes in between has a change then, and is taken from there.
  const present = await listAll(store)
  const gone = await store.removed()
  const totals = await store.totals()
  const tally = new TotalsTally(position)
  const touched = new Map<string, ModelEntry | RemovedModel | undefined>()
  const until = await store.refresh()
  for await (const change of readChanges(store, { since: position, until, signal })) {
    const { id, operation, verification, entry, isUnchanged } = change
    if (change.position <= totals.position) tally.add(operation, 1, verification)
    const key = foldModelId(id)
    if (touched.has(key)) continue
    touched.set(key, isUnchanged === true && entry !== null ? entry : findBefore(change))
  }
  const found = [...touched.values()].filter((each) => each !== undefined)
  return {
    ...{ position, settings },
    entries: [...present.filter(({ id }) => !touched.has(foldModelId(id))), ...found.filter(isEntry)],
    removed: [
      ...gone.filter(({ id }) => !touched.has(foldModelId(id))),
      ...found.filter((each) => !isEntry(each)),
    ],
    totals: toBeginningTotals(totals, tally, position),
  }
}

/** What the first kept change of a model needs before it; undefined for the first revision. */
function findBefore({ id, revision, entry, at }: CommittedChange): ModelEntry | RemovedModel | undefined {
  if (revision === 1) return undefined
  const before = { id, revision: revision - 1 }
  if (entry !== null) return before
  // Only what is there can be removed. What it was is pruned, and no answer has it.
  const unknown = { name: id, source: 'pruned:unknown', digest: null, state: 'Retired' as const }
  return { ...before, ...unknown, registeredAt: at, verifiedAt: null }
}

async function* readChanges(
  store: CatalogReader,
  span: HistorySpan,
): AsyncGenerator<CommittedChange, void, undefined> {
  for await (const { changes } of readRecords(store, span)) yield* changes
}

function isEntry(found: ModelEntry | RemovedModel): found is ModelEntry {
  return 'state' in found
}

function toBeginningTotals(totals: CatalogTotals, tally: TotalsTally, position: number): CatalogTotals {
  return { ...subtractTotals(totals, tally.read(totals.position)), position }
}

async function listAll(store: CatalogReader): Promise<readonly ModelEntry[]> {
  const entries: ModelEntry[] = []
  for await (const page of readPages(store)) entries.push(...page)
  return entries
}

const PAGE_LENGTH = 1000

/** All entries by id, some at a time. */
export async function* readPages(
  store: CatalogReader,
): AsyncGenerator<readonly ModelEntry[], void, undefined> {
  for (let after: string | undefined; ; ) {
    const page = await store.list({ order: 'id', limit: PAGE_LENGTH, ...(after !== undefined && { after }) })
    if (page.length > 0) yield page
    if (page.length < PAGE_LENGTH) return
    after = page.at(-1)?.id
  }
}
