import { type Catalog, CatalogError, type CommittedChange } from 'model-catalog'
import { formatChangeTable } from '../change-table.ts'
import { toJsonChange } from '../entry-json.ts'
import type { Invocation } from '../invocation.ts'
import { formatCount } from '../text/count.ts'
import { withCatalog } from '../with-catalog.ts'

export interface HistoryOptions {
  readonly id?: string | undefined
  readonly since?: number | undefined
  readonly limit?: number | undefined
}

/** Shows who changed what, when and why, the last change last. */
export async function runHistory(invocation: Invocation, options: HistoryOptions): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const found = await readChanges(catalog, options)
    const changes = found.slice(-(options.limit ?? found.length))
    const hasMore = changes.length < found.length
    if (changes.length > 0) {
      const paintState = output.paintState.bind(output)
      output.print(...formatChangeTable(changes, { width: output.width, paintState }))
    }
    output.print(formatSummary(changes.length, hasMore))
    output.printJson({ changes: changes.map(toJsonChange), hasMore })
  })
}

async function readChanges(
  catalog: Catalog,
  { id, since = 0 }: HistoryOptions,
): Promise<readonly CommittedChange[]> {
  if (id === undefined) return await catalog.changes(since)
  const history = await catalog.history(id)
  if (history.length === 0 && (await catalog.get(id)) === undefined) {
    const message = `model "${id}" is neither in the catalog nor in its history`
    throw new CatalogError('NOT_FOUND', message, { id })
  }
  return history.filter(({ position }) => position > since)
}

function formatSummary(count: number, hasMore: boolean): string {
  if (count === 0) return 'no changes'
  return hasMore ? `last ${formatCount(count, 'change')}; there are more` : formatCount(count, 'change')
}
