import {
  LIFECYCLE_STATES,
  type LifecycleState,
  type ModelEntry,
  type ModelStanding,
  redactSource,
  sizeOfEntry,
} from 'model-catalog'
import { formatBytes } from '../text/bytes.ts'
import { formatCount } from '../text/count.ts'
import { type Column, formatTable } from '../text/table.ts'
import { listFactCells } from './facts-fields.ts'

const FACT_COLUMNS: readonly Column[] = [
  { title: 'ARCH' },
  { title: 'PARAMS', align: 'right' },
  { title: 'QUANT' },
  { title: 'CONTEXT', align: 'right' },
]

export interface ModelTableOptions {
  readonly showSource: boolean
  /** What became of the files of each; absent if they were not looked at. */
  readonly standings?: readonly (ModelStanding | undefined)[] | undefined
  /** Whether there are columns for what the headers of the files say. */
  readonly long?: boolean | undefined
  readonly width: number
  readonly paintState: (state: LifecycleState, text: string) => string
}

/** One line a model, cut to the terminal; ids are never cut, because they are copied. */
export function formatModelTable(
  entries: readonly ModelEntry[],
  { showSource, standings, long = false, width, paintState }: ModelTableOptions,
): readonly string[] {
  const paint = (cell: string): string => paintState(cell.trim() as LifecycleState, cell)
  const columns = [
    { title: 'ID' },
    { title: 'STATE', paint },
    ...(standings === undefined ? [] : [{ title: 'ON DISK' }]),
    { title: 'SIZE', align: 'right' as const },
    ...(long ? FACT_COLUMNS : []),
    { title: 'VERIFIED' },
    { title: 'SOURCE' },
  ]
  const rows = entries.map((entry, index) => {
    const size = sizeOfEntry(entry)
    return [
      entry.id,
      entry.state,
      ...(standings === undefined ? [] : [standings[index]?.kind ?? '-']),
      size === undefined ? '-' : formatBytes(size),
      ...(long ? listFactCells(entry.facts) : []),
      entry.verifiedAt?.slice(0, 10) ?? 'never',
      showSource ? entry.source : redactSource(entry.source),
    ]
  })
  return formatTable(columns, rows, width)
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
