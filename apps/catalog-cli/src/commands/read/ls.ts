import {
  type Catalog,
  isCatalogError,
  type ListOrder,
  type ListQuery,
  type ModelEntry,
  type ModelStanding,
} from 'model-catalog'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import type { ModelColumnName } from '../../show/model-column-names.ts'
import { countStates, formatCounts, formatModelTable } from '../../show/model-table.ts'
import { parseState } from '../../show/state-name.ts'

/** What was asked for on the command line. */
export interface LsOptions {
  readonly state?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly source?: string | undefined
  readonly digest?: string | undefined
  readonly tag?: readonly string[] | undefined
  readonly text?: string | undefined
  readonly file?: string | undefined
  readonly location?: string | undefined
  readonly minSize?: number | undefined
  readonly maxSize?: number | undefined
  readonly arch?: string | undefined
  readonly quant?: string | undefined
  readonly minParams?: number | undefined
  readonly maxParams?: number | undefined
  readonly long?: boolean | undefined
  readonly registeredFrom?: string | undefined
  readonly registeredTo?: string | undefined
  readonly verifiedFrom?: string | undefined
  readonly verifiedTo?: string | undefined
  readonly order?: string | undefined
  readonly after?: string | undefined
  readonly limit?: number | undefined
  readonly showSource?: boolean | undefined
  readonly check?: boolean | undefined
  /** Whether the machines with a verified copy are told. */
  readonly nodes?: boolean | undefined
  /** Only the ids. */
  readonly quiet?: boolean | undefined
  readonly columns?: readonly ModelColumnName[] | undefined
}

/** Lists the models that are asked for. */
export async function runLs(invocation: Invocation, options: LsOptions): Promise<undefined> {
  const { output } = invocation
  const { showSource = false, quiet = false, columns, long } = options
  const check = options.check === true || columns?.includes('disk') === true
  const withNodes = options.nodes === true || columns?.includes('nodes') === true
  const location = options.location === undefined ? undefined : invocation.resolvePath(options.location)
  const query = { ...toQuery(options), location }
  await withCatalog(invocation, async (catalog) => {
    const { entries, next } = await catalog.page(query)
    const hasMore = next !== undefined
    const counts = countStates(entries)
    const standings = check ? await readStandings(catalog, entries) : undefined
    const copies = withNodes ? await catalog.fleet.copiesOf(entries) : undefined
    if (quiet) output.print(...entries.map(({ id }) => id))
    else if (entries.length > 0) {
      const { width } = output
      const paintState = output.paintState.bind(output)
      const shown = { showSource, standings, copies, columns, long, width, paintState }
      output.print(...formatModelTable(entries, shown))
    }
    const remarks = [formatCounts(counts, hasMore)]
    // In the order by id the last id does it.
    if (hasMore && next !== entries.at(-1)?.id) remarks.push(`go on with --after ${next}`)
    if (!quiet) output.print(...remarks)
    else if (hasMore) output.note(...remarks)
    const models = entries.map((entry, index) => {
      const standing = standings?.[index]
      return {
        ...toJsonEntry(entry, showSource),
        ...(standing !== undefined && { standing }),
        ...(copies !== undefined && { copies: copies[index] }),
      }
    })
    output.printJson({ models, counts, hasMore, ...(hasMore && { next }) })
  })
}

/** One after another: a disk that answers slowly is not asked for everything at once. */
async function readStandings(
  catalog: Catalog,
  entries: readonly ModelEntry[],
): Promise<readonly (ModelStanding | undefined)[]> {
  const standings: (ModelStanding | undefined)[] = []
  for (const { id } of entries) standings.push(await findStanding(catalog, id))
  return standings
}

async function findStanding(catalog: Catalog, id: string): Promise<ModelStanding | undefined> {
  try {
    return await catalog.standing(id)
  } catch (error) {
    // It was removed meanwhile.
    if (isCatalogError(error, 'NOT_FOUND')) return undefined
    throw error
  }
}

function toQuery(options: LsOptions): ListQuery {
  const { name, source, digest, tag, text, file, order, after, limit } = options
  const { minSize, maxSize, registeredFrom, registeredTo, verifiedFrom, verifiedTo } = options
  return {
    ...{ name, source, digest, tag, text, file, after, limit },
    state: options.state?.map(parseState),
    sizeBytes: toCounts(minSize, maxSize),
    architecture: options.arch,
    quantisation: options.quant,
    parameters: toCounts(options.minParams, options.maxParams),
    registeredAt: toTimes(registeredFrom, registeredTo),
    verifiedAt: toTimes(verifiedFrom, verifiedTo),
    // What is none of them is refused by the catalog.
    order: order as ListOrder | undefined,
  }
}

function toCounts(min?: number, max?: number): ListQuery['sizeBytes'] {
  return min === undefined && max === undefined ? undefined : { min, max }
}

function toTimes(from: string | undefined, to: string | undefined): ListQuery['registeredAt'] {
  return from === undefined && to === undefined ? undefined : { from, to }
}
