import type { ImportReport, ImportResult } from '@catalog/import'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../../problem/exit-codes.ts'
import { type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatCount } from '../../text/count.ts'
import type { FoundModels } from './found-models.ts'
import { summarizeStores } from './import-table.ts'

/** What a verification would have told. */
const CODES = {
  'digest-mismatch': 'DIGEST_MISMATCH',
  'size-mismatch': 'SIZE_MISMATCH',
  'not-a-model': 'NOT_A_MODEL',
} as const

export function isNotRight({ outcome }: ImportResult): boolean {
  return outcome === 'wrong' || outcome === 'failed'
}

/** Why a model is not right: what its store says, the error of this import, or what an earlier one found. */
export function toFailure({ id, candidate, error, problem, entry }: ImportResult): Problem {
  if (error !== undefined) return withPlace(toProblem(error), id, candidate.location)
  if (problem !== undefined) {
    const { kind, path, text } = problem
    const exitCode = CATALOG_EXIT_CODES.DIGEST_MISMATCH
    return { code: kind, exitCode, message: `${id}: ${path} ${text}`, details: { path } }
  }
  const { reason = 'digest-mismatch', expected, found } = entry?.failure ?? {}
  const code = CODES[reason]
  const message = `${id} was found wrong before: expected ${expected}, found ${found}`
  return { code, exitCode: CATALOG_EXIT_CODES[code], message, details: entry?.failure }
}

/** An error of what is wrong with a value does not say whose it is. */
function withPlace(problem: Problem, id: string, location: string): Problem {
  const { message } = problem
  const isNamed = message.includes(JSON.stringify(id)) || message.includes(location)
  return isNamed ? problem : { ...problem, message: `${id}: ${location}: ${message}` }
}

export function exitCodeOf({ results }: ImportReport): number {
  const first = results.find(isNotRight)
  return first === undefined ? EXIT_CODES.OK : toFailure(first).exitCode
}

/** The hint is told once: there may be hundreds. */
export function* formatGone({ gone }: Pick<ImportReport, 'gone'>): Generator<string> {
  for (const { id } of gone) yield `${id}: no longer in its store`
  if (gone.length > 0) yield `${formatCount(gone.length, 'model')} gone; catalog rm forgets one`
}

export function* formatReport({ results, gone }: ImportReport): Generator<string> {
  yield* formatGone({ gone })
  const counts = new Map<string, number>()
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
  yield `${formatCount(results.length, 'model')}${parts.length === 0 ? '' : ': '}${parts.join(', ')}`
}

/** What was found, and once it is imported what became of each. */
export function toJsonReport({ candidates, problems }: FoundModels, report?: ImportReport): object {
  const stores = summarizeStores(candidates)
  if (report === undefined) return { stores, problems }
  return {
    stores,
    problems,
    results: report.results.map(toJsonResult),
    gone: report.gone.map(({ id }) => id),
  }
}

export function toJsonResult(result: ImportResult): object {
  const { candidate, id, outcome, entry } = result
  const { layout, location } = candidate
  const shown = { id, outcome, layout, location, state: entry?.state ?? null }
  return isNotRight(result) ? { ...shown, error: toJsonProblem(toFailure(result)) } : shown
}
