import {
  type LifecycleState,
  type ModelCopy,
  type ModelEntry,
  type ModelStanding,
  redactSource,
  sizeOfEntry,
} from 'model-catalog'
import { formatBytes } from '../text/bytes.ts'
import { formatParameters } from '../text/parameters.ts'
import type { Column } from '../text/table.ts'
import { formatNodes } from './copies-text.ts'
import type { ModelColumnName } from './model-column-names.ts'

/** What a cell is made from. */
interface ModelRow {
  readonly entry: ModelEntry
  /** Undefined if the files were not looked at. */
  readonly standing?: ModelStanding | undefined
  /** Undefined if they were not asked for. */
  readonly copies?: readonly ModelCopy[] | undefined
  /** Whether a source is shown with any credentials in it. */
  readonly showSource: boolean
}

interface ModelColumn extends Column {
  readonly cell: (row: ModelRow) => string
}

const MODEL_COLUMNS: Readonly<Record<ModelColumnName, ModelColumn>> = {
  id: { title: 'ID', cell: ({ entry }) => entry.id },
  name: { title: 'NAME', cell: ({ entry }) => entry.name },
  state: { title: 'STATE', leaves: 9, cell: ({ entry }) => entry.state },
  disk: { title: 'ON DISK', leaves: 8, cell: ({ standing }) => standing?.kind ?? '-' },
  nodes: { title: 'NODES', leaves: 6, cell: ({ copies = [] }) => formatNodes(copies) },
  size: { title: 'SIZE', align: 'right', leaves: 7, cell: ({ entry }) => formatSize(entry) },
  arch: { title: 'ARCH', leaves: 4, cell: ({ entry: { facts } }) => facts?.architecture ?? '-' },
  params: { title: 'PARAMS', align: 'right', leaves: 6, cell: formatParameterCount },
  quant: { title: 'QUANT', leaves: 5, cell: ({ entry: { facts } }) => facts?.quantisation ?? '-' },
  context: { title: 'CONTEXT', align: 'right', leaves: 3, cell: formatContext },
  verified: { title: 'VERIFIED', leaves: 2, cell: ({ entry }) => formatDay(entry.verifiedAt) },
  registered: { title: 'REGISTERED', cell: ({ entry }) => formatDay(entry.registeredAt) },
  revision: { title: 'REVISION', align: 'right', cell: ({ entry }) => String(entry.revision) },
  digest: { title: 'DIGEST', cell: ({ entry }) => entry.digest ?? '-' },
  tags: { title: 'TAGS', cell: ({ entry }) => entry.tags?.join(',') ?? '-' },
  source: { title: 'SOURCE', leaves: 1, isCut: true, cell: formatSource },
}

/** The column of this name, with the colours of states. */
export function createModelColumn(
  name: ModelColumnName,
  paintState: (state: LifecycleState, text: string) => string,
): ModelColumn {
  const column = MODEL_COLUMNS[name]
  if (name !== 'state') return column
  return { ...column, paint: (cell) => paintState(cell.trim() as LifecycleState, cell) }
}

function formatSize(entry: ModelEntry): string {
  const size = sizeOfEntry(entry)
  return size === undefined ? '-' : formatBytes(size)
}

function formatParameterCount({ entry: { facts } }: ModelRow): string {
  return facts?.parameters === undefined ? '-' : formatParameters(facts.parameters)
}

function formatContext({ entry: { facts } }: ModelRow): string {
  return facts?.contextLength === undefined ? '-' : String(facts.contextLength)
}

function formatDay(time: string | null | undefined): string {
  return time?.slice(0, 10) ?? 'never'
}

function formatSource({ entry, showSource }: ModelRow): string {
  return showSource ? entry.source : redactSource(entry.source)
}
