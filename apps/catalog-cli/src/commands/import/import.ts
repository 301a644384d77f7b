import { type ImportReport, type ImportResult, importModels } from '@catalog/import'
import { findRoot, withNewCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { createProgress } from '../../output/progress.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'
import { type FoundModels, findModels } from './found-models.ts'
import { formatCandidates, formatProblems, formatStores, summarizeStores } from './import-table.ts'
import { toLayouts } from './tools.ts'
import { describeUnanchored } from './unanchored-disks.ts'

export interface RunImportOptions {
  /** As the user wrote them; none for the stores of this machine. */
  readonly directories: readonly string[]
  readonly only: readonly string[] | undefined
  readonly dryRun: boolean
  readonly yes: boolean
  readonly verify: boolean
}

/** Shows what the stores hold, asks, registers it where it is and verifies it. Returns the exit code of the first wrong model. */
export async function runImport(invocation: Invocation, options: RunImportOptions): Promise<number> {
  const { output } = invocation
  const only = toLayouts(options.only)
  const found = await findModels(invocation, options.directories, only)
  const { candidates } = found
  output.print(...formatStores(summarizeStores(candidates), output.width))
  output.note(...formatProblems(found))
  const { anchors } = invocation
  output.note(...(await describeUnanchored(candidates, { root: findRoot(invocation), anchors })))
  if (options.dryRun) {
    output.print('', ...formatCandidates(candidates, output.width))
    output.printJson(toJson(found))
    return EXIT_CODES.OK
  }
  if (candidates.length === 0) {
    output.print('nothing to import')
    output.printJson(toJson(found))
    return EXIT_CODES.OK
  }
  await assertWanted(invocation, options, found)
  const report = await importFound(invocation, options, found)
  output.print(...formatReport(report))
  output.printJson(toJson(found, report))
  return exitCodeOf(report)
}

/** Reading terabytes takes hours, so it is asked for. */
async function assertWanted(
  { confirm }: Invocation,
  { yes, verify }: RunImportOptions,
  { candidates }: FoundModels,
): Promise<void> {
  if (yes) return
  const bytes = candidates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const models = formatCount(candidates.length, 'model')
  const question = verify ? `Register ${models} and read ${formatBytes(bytes)}?` : `Register ${models}?`
  const answer = await confirm(question)
  if (answer === true) return
  if (answer === false) throw new CliError('USAGE', 'nothing was imported')
  throw new CliError('USAGE', 'import asks before it begins, and there is no terminal to ask; pass --yes')
}

async function importFound(
  invocation: Invocation,
  { verify }: RunImportOptions,
  { candidates }: FoundModels,
): Promise<ImportReport> {
  const { output, signal } = invocation
  return await withNewCatalog(invocation, async (catalog) => {
    const progress = createProgress(output, 'import')
    try {
      const report = await importModels(catalog, candidates, {
        verify,
        signal,
        onProgress: (at) => progress.update(at),
        onResult: (result) => {
          if (!isNotRight(result)) return
          progress.clear()
          output.note(...formatProblem(toFailure(result)))
        },
        ...attributionOf(invocation),
      })
      if (verify) progress.finish()
      return report
    } finally {
      progress.clear()
    }
  })
}

/** Why a model is not right: what its store says, the error of this import, or what an earlier one found. */
function toFailure({ id, error, problem, entry }: ImportResult): Problem {
  if (error !== undefined) return toProblem(error)
  const code = 'DIGEST_MISMATCH'
  const exitCode = CATALOG_EXIT_CODES[code]
  if (problem !== undefined) {
    const { kind, path, text } = problem
    return { code: kind, exitCode, message: `${id}: ${path} ${text}`, details: { path } }
  }
  const { reason = code, expected, found } = entry?.failure ?? {}
  const message = `${id} was found wrong before: expected ${expected}, found ${found}`
  return { code: reason, exitCode, message, details: entry?.failure }
}

function* formatReport({ results, gone }: ImportReport): Generator<string> {
  for (const { id } of gone) yield `${id}: no longer in its store; catalog rm ${id} forgets it`
  const counts = new Map<string, number>()
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
  yield `${formatCount(results.length, 'model')}: ${parts.join(', ')}`
}

function toJson(found: FoundModels, report?: ImportReport): unknown {
  const { candidates, problems } = found
  const stores = summarizeStores(candidates)
  if (report === undefined) return { stores, problems, candidates }
  const results = report.results.map((result) => {
    const { candidate, id, outcome, entry } = result
    const { layout, location } = candidate
    const shown = { id, outcome, layout, location, state: entry?.state ?? null }
    return isNotRight(result) ? { ...shown, error: toJsonProblem(toFailure(result)) } : shown
  })
  return { stores, problems, results, gone: report.gone.map(({ id }) => id) }
}

function isNotRight({ outcome }: ImportResult): boolean {
  return outcome === 'wrong' || outcome === 'failed'
}

function exitCodeOf({ results }: ImportReport): number {
  const first = results.find(isNotRight)
  return first === undefined ? EXIT_CODES.OK : toFailure(first).exitCode
}
