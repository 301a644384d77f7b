import type { Candidate } from '@catalog/import'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'
import { formatTable } from '../../text/table.ts'
import type { FoundModels } from './found-models.ts'

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

export function formatStores(summaries: readonly StoreSummary[], width: number): readonly string[] {
  const columns = [
    { title: 'TOOL' },
    { title: 'MODELS', align: 'right' as const },
    { title: 'SIZE', align: 'right' as const },
    { title: 'DIGESTS', align: 'right' as const },
    { title: 'WHERE' },
  ]
  const rows = summaries.map(({ layout, store, models, bytes, declared }) => [
    layout,
    String(models),
    formatBytes(bytes),
    `${declared} of ${models}`,
    store,
  ])
  return formatTable(columns, rows, width)
}

/** One line for each model. */
export function formatCandidates(candidates: readonly Candidate[], width: number): readonly string[] {
  const columns = [
    { title: 'ID' },
    { title: 'SIZE', align: 'right' as const },
    { title: 'DIGEST' },
    { title: 'WHERE' },
  ]
  const rows = candidates.map((candidate) => [
    candidate.id,
    formatBytes(candidate.sizeBytes),
    originOf(candidate),
    candidate.location,
  ])
  return formatTable(columns, rows, width)
}

function originOf(candidate: Candidate): string {
  const { declared, files = [] } = candidate
  const origin = declared?.origin ?? files.find((file) => file.declared !== undefined)?.declared?.origin
  if (origin === undefined) return 'none'
  return isDeclared(candidate) ? origin : `${origin}, in part`
}

export function* formatProblems({ problems }: FoundModels): Generator<string> {
  for (const { layout, kind, path, text, model } of problems) {
    yield `${layout}: ${model === undefined ? '' : `${model}: `}${path} ${text} [${kind}]`
  }
  if (problems.length > 0) yield `${formatCount(problems.length, 'problem')}; the rest can be imported`
}
