import {
  LIFECYCLE_STATES,
  type LifecycleState,
  type ModelCopy,
  type ModelEntry,
  type ModelStanding,
} from 'model-catalog'
import { formatCount } from '../text/count.ts'
import { formatTable } from '../text/table.ts'
import type { ModelColumnName } from './model-column-names.ts'
import { createModelColumn } from './model-columns.ts'

export interface ModelTableOptions {
  readonly showSource: boolean
  /** What became of the files of each; absent if they were not looked at. */
  readonly standings?: readonly (ModelStanding | undefined)[] | undefined
  /** The verified copies of each; absent if they were not asked for. */
  readonly copies?: readonly (readonly ModelCopy[])[] | undefined
  /** Exactly these columns, whole, however wide the terminal is. Default: the usual ones for which there is room. */
  readonly columns?: readonly ModelColumnName[] | undefined
  /** Whether the usual columns include what the headers of the files say. */
  readonly long?: boolean | undefined
  readonly width: number
  readonly paintState: (state: LifecycleState, text: string) => string
}

/** One line a model, in as many columns as the terminal has room for; ids are never cut, because they are copied. */
export function formatModelTable(
  entries: readonly ModelEntry[],
  { showSource, standings, copies, columns: wanted, long = false, width, paintState }: ModelTableOptions,
): readonly string[] {
  const names = wanted ?? listUsualColumns({ standings, copies, long })
  const columns = names.map((name) => ({ isCut: false, ...createModelColumn(name, paintState) }))
  const rows = entries.map((entry, index) =>
    columns.map(({ cell }) =>
      cell({ entry, standing: standings?.[index], copies: copies?.[index], showSource }),
    ),
  )
  return formatTable(columns, rows, wanted === undefined ? width : Number.POSITIVE_INFINITY)
}

const FACT_COLUMNS: readonly ModelColumnName[] = ['arch', 'params', 'quant', 'context']

function listUsualColumns({
  standings,
  copies,
  long,
}: Pick<ModelTableOptions, 'standings' | 'copies' | 'long'>): readonly ModelColumnName[] {
  const asked: readonly ModelColumnName[] = [
    ...(standings === undefined ? [] : (['disk'] as const)),
    ...(copies === undefined ? [] : (['nodes'] as const)),
  ]
  return ['id', 'state', ...asked, 'size', ...(long ? FACT_COLUMNS : []), 'verified', 'source']
}

export type Counts = Readonly<Partial<Record<LifecycleState, number>>>

/** How many of these are in each state; a state without any is left out. */
export function countStates(entries: readonly ModelEntry[]): Counts {
  const counts = LIFECYCLE_STATES.map(
    (state) => [state, entries.filter((entry) => entry.state === state).length] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

/** `3 models: 2 Active, 1 Failed`, and that there are more where the list was cut short. */
export function formatCounts(counts: Counts, hasMore: boolean): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`)
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const models = parts.length === 0 ? 'no models' : `${formatCount(total, 'model')}: ${parts.join(', ')}`
  return hasMore ? `first ${models}; there are more` : models
}
