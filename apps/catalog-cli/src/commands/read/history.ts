import { type Catalog, CatalogError, type CommittedChange, type ModelEntry } from 'model-catalog'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { formatChangeTable } from '../../show/change-table.ts'
import { toJsonChange, toJsonEntry } from '../../show/entry-json.ts'
import { countStates, formatCounts, formatModelTable } from '../../show/model-table.ts'
import { formatCount } from '../../text/count.ts'

export interface HistoryOptions {
  readonly id?: string | undefined
  readonly since?: number | undefined
  readonly limit?: number | undefined
  /** Not the changes, but what they had come to at this time. */
  readonly at?: string | undefined
}

/** Shows who changed what, when and why, the last change last. */
export async function runHistory(invocation: Invocation, options: HistoryOptions): Promise<undefined> {
  const { output } = invocation
  if (options.at !== undefined) return runStateAt(invocation, options.id, options.at)
  await withCatalog(invocation, async (catalog) => {
    const found = await readChanges(catalog, options)
    const changes = found.slice(-(options.limit ?? found.length))
    const hasMore = changes.length < found.length
    if (changes.length > 0) {
      const paintState = output.paintState.bind(output)
      output.print(...formatChangeTable(changes, { width: output.width, paintState }))
    }
    output.print(formatChangeCount(changes.length, hasMore))
    output.printJson({ changes: changes.map(toJsonChange), hasMore })
  })
}

async function runStateAt(invocation: Invocation, id: string | undefined, at: string): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const entries =
      id === undefined ? await catalog.history.stateAt(at) : [await readEntryAt(catalog, id, at)]
    const counts = countStates(entries)
    if (entries.length > 0) {
      const paintState = output.paintState.bind(output)
      output.print(...formatModelTable(entries, { showSource: false, width: output.width, paintState }))
    }
    output.print(formatCounts(counts, false))
    output.printJson({ at, models: entries.map((entry) => toJsonEntry(entry, false)), counts })
  })
}

async function readEntryAt(catalog: Catalog, id: string, at: string): Promise<ModelEntry> {
  const entry = await catalog.history.stateAt(at, id)
  if (entry !== undefined) return entry
  throw new CatalogError('NOT_FOUND', `model "${id}" was not in the catalog at ${at}`, { id, at })
}

async function readChanges(
  catalog: Catalog,
  { id, since = 0 }: HistoryOptions,
): Promise<readonly CommittedChange[]> {
  if (id === undefined) return await catalog.history.changes(since)
  const history = await catalog.history.of(id)
  if (history.length === 0 && (await catalog.get(id)) === undefined) {
    const message = `model "${id}" is neither in the catalog nor in its history`
    throw new CatalogError('NOT_FOUND', message, { id })
  }
  return history.filter(({ position }) => position > since)
}

function formatChangeCount(count: number, hasMore: boolean): string {
  if (count === 0) return 'no changes'
  return hasMore ? `last ${formatCount(count, 'change')}; there are more` : formatCount(count, 'change')
}
