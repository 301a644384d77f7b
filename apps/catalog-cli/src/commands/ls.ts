import type { ListQuery } from 'model-catalog'
import { toJsonEntry } from '../entry-json.ts'
import type { Invocation } from '../invocation.ts'
import { countStates, formatCounts, formatModelTable } from '../model-table.ts'
import { parseState } from '../state-name.ts'
import { withCatalog } from '../with-catalog.ts'

export interface LsOptions {
  readonly state?: string | undefined
  readonly name?: string | undefined
  readonly after?: string | undefined
  readonly limit?: number | undefined
  readonly showSource: boolean
}

/** Lists the models, ordered by id. */
export async function runLs(invocation: Invocation, options: LsOptions): Promise<undefined> {
  const { output } = invocation
  const { name, after, limit, showSource } = options
  const state = options.state === undefined ? undefined : parseState(options.state)
  await withCatalog(invocation, async (catalog) => {
    // One more than asked for tells whether there are more.
    const query: ListQuery = { state, name, after, limit: limit === undefined ? undefined : limit + 1 }
    const found = await catalog.list(query)
    const entries = found.slice(0, limit)
    const hasMore = entries.length < found.length
    const counts = countStates(entries)
    if (entries.length > 0) {
      const paintState = output.paintState.bind(output)
      output.print(...formatModelTable(entries, { showSource, width: output.width, paintState }))
    }
    output.print(formatCounts(counts, hasMore))
    output.printJson({ models: entries.map((entry) => toJsonEntry(entry, showSource)), counts, hasMore })
  })
}
