import type { Candidate } from '@catalog/import'
import { formatBytes } from '../../text/bytes.ts'
import { type Column, formatTable } from '../../text/table.ts'

/** Columns of a terminal from which on all of a store is shown, and the path of each model. */
const NARROW = 72
const WIDE = 120

interface TextColumn<T> extends Column {
  textOf(item: T): string
}

/** The models of one store, in sum. */
export interface StoreSummary {
  readonly layout: string
  readonly store: string
  readonly models: number
  readonly bytes: number
  /** Of how many models every weight has a stated digest. */
  readonly declared: number
}

export function summarizeStores(candidates: readonly Candidate[]): readonly StoreSummary[] {
  const stores = new Map<string, StoreSummary>()
  for (const candidate of candidates) {
    const { layout, store, sizeBytes } = candidate
    const key = JSON.stringify([layout, store])
    const { models = 0, bytes = 0, declared = 0 } = stores.get(key) ?? {}
    stores.set(key, {
      ...{ layout, store },
      models: models + 1,
      bytes: bytes + sizeBytes,
      declared: declared + (isDeclared(candidate) ? 1 : 0),
    })
  }
  return [...stores.values()]
}

/** Whether the store states what the bytes must be: of each file its digest, or its git blob id. */
function isDeclared({ declared, files }: Candidate): boolean {
  if (files === undefined) return declared !== undefined
  return files.every((file) => file.declared !== undefined || file.gitBlobId !== undefined)
}

/** In a narrow terminal without the path, and the tool comes last: a column of numbers is not cut. */
export function formatStores(summaries: readonly StoreSummary[], width: number): readonly string[] {
  const tool: TextColumn<StoreSummary> = { title: 'TOOL', textOf: ({ layout }) => layout }
  const numbers: readonly TextColumn<StoreSummary>[] = [
    { title: 'MODELS', align: 'right', textOf: ({ models }) => String(models) },
    { title: 'SIZE', align: 'right', textOf: ({ bytes }) => formatBytes(bytes) },
  ]
  if (width < NARROW) return formatColumns([...numbers, tool], summaries, width)
  const rest: readonly TextColumn<StoreSummary>[] = [
    { title: 'DIGESTS', align: 'right', textOf: ({ declared, models }) => `${declared} of ${models}` },
    { title: 'WHERE', textOf: ({ store }) => store },
  ]
  return formatColumns([tool, ...numbers, ...rest], summaries, width)
}

/** One line for each model. If the path does not fit, the id is the last column, which is the one that is cut. */
export function formatCandidates(candidates: readonly Candidate[], width: number): readonly string[] {
  const id: TextColumn<Candidate> = { title: 'ID', textOf: (each) => each.id }
  const size: TextColumn<Candidate> = {
    ...{ title: 'SIZE', align: 'right' },
    textOf: ({ sizeBytes }) => formatBytes(sizeBytes),
  }
  const digest: TextColumn<Candidate> = { title: 'DIGEST', textOf: originOf }
  const where: TextColumn<Candidate> = { title: 'WHERE', textOf: ({ location }) => location }
  if (width < NARROW) return formatColumns([size, id], candidates, width)
  if (width < WIDE) return formatColumns([size, digest, id], candidates, width)
  return formatColumns([id, size, digest, where], candidates, width)
}

function formatColumns<T>(
  columns: readonly TextColumn<T>[],
  items: readonly T[],
  width: number,
): readonly string[] {
  const rows = items.map((item) => columns.map(({ textOf }) => textOf(item)))
  return formatTable(columns, rows, width)
}

function originOf(candidate: Candidate): string {
  const { declared, files = [] } = candidate
  const origin = declared?.origin ?? files.find((file) => file.declared !== undefined)?.declared?.origin
  if (origin === undefined) return 'none'
  return isDeclared(candidate) ? origin : `${origin}, in part`
}
