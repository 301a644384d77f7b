import { type Catalog, LifecycleState, type ModelEntry, sizeOfEntry } from 'model-catalog'
import { runAudit } from '../../catalog/run-audit.ts'
import { withHints } from '../../catalog/standing.ts'
import { formatVerified, type VerifyOneOptions, verifyOne } from '../../catalog/verify-one.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { findSize } from '../../files/find-size.ts'
import { workInOrder } from '../../files/work-in-order.ts'
import type { Invocation } from '../../options/invocation.ts'
import { createFilesProgress } from '../../output/files-progress.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import { formatCount } from '../../text/count.ts'

export interface RunVerifyOptions {
  readonly ids: readonly string[]
  readonly all: boolean
  readonly stale: boolean
  readonly path?: string | undefined
  /** How many models are read at the same time. */
  readonly parallel: number
}

type VerifyResult = { readonly id: string } & ({ readonly entry: ModelEntry } | { readonly problem: Problem })

/** Reads the files of some or all models. Goes on after a failure; returns the exit code of the first one. */
export async function runVerify(invocation: Invocation, options: RunVerifyOptions): Promise<number> {
  assertUsage(options)
  if (options.stale) return await runAudit(invocation, { only: 'stale' })
  const { output } = invocation
  const { parallel } = options
  const path = options.path === undefined ? undefined : invocation.resolvePath(options.path)
  const results = await withCatalog({ ...invocation, threads: parallel }, async (catalog) => {
    const ids = options.all ? await listUsedIds(catalog) : [...new Set(options.ids)]
    return await verifySeveral(catalog, invocation, { ids, path, parallel })
  })
  const problems = results.flatMap((result) => ('problem' in result ? [result.problem] : []))
  const verified = results.length - problems.length
  if (results.length !== 1) output.print(formatVerifySummary(results.length, problems.length))
  output.printJson({ verified, failed: problems.length, results: results.map(toJsonVerifyResult) })
  return problems[0]?.exitCode ?? EXIT_CODES.OK
}

function assertUsage({ ids, all, stale, path }: RunVerifyOptions): void {
  const given = [ids.length > 0, all, stale].filter(Boolean).length
  if (given > 1) throw new CliError('USAGE', 'give ids, --all or --stale, and only one of them')
  if (given === 0) throw new CliError('USAGE', 'give the ids of the models to verify, or --all, or --stale')
  if (path !== undefined && ids.length !== 1) {
    throw new CliError('USAGE', '--path goes with exactly one id')
  }
}

/** Retired models are no longer used, and their files may be gone. */
async function listUsedIds(catalog: Catalog): Promise<readonly string[]> {
  const entries = await catalog.list()
  return entries.filter(({ state }) => state !== LifecycleState.Retired).map(({ id }) => id)
}

async function verifySeveral(
  catalog: Catalog,
  invocation: Invocation,
  { ids, path, parallel }: Pick<RunVerifyOptions, 'ids' | 'path' | 'parallel'>,
): Promise<readonly VerifyResult[]> {
  const hints = new Set<string>()
  const sizes = await listSizes(catalog, invocation, ids)
  const files = createFilesProgress(invocation.output, { noun: 'model', sizes })
  const { aside } = files
  try {
    return await workInOrder(ids, {
      parallel,
      work: (id, index) => {
        const progress = files.begin(index, id)
        return verifyInTurn(catalog, invocation, { id, path, progress, aside: aside.bind(files) })
      },
      tell: (result) => files.aside(() => reportResult(invocation, result, hints)),
    })
  } finally {
    files.clear()
  }
}

/** For a progress over all of them; a file that cannot be looked at is told of when it is its turn. */
async function listSizes(
  catalog: Catalog,
  { output }: Invocation,
  ids: readonly string[],
): Promise<readonly (number | undefined)[]> {
  if (!output.canRedraw || ids.length === 1) return ids.map(() => undefined)
  const sizes: (number | undefined)[] = []
  for (const id of ids) {
    const entry = await catalog.get(id)
    const known = entry === undefined ? 0 : sizeOfEntry(entry)
    sizes.push(known ?? (await findSize(await catalog.modelPath(id))))
  }
  return sizes
}

async function verifyInTurn(
  catalog: Catalog,
  invocation: Invocation,
  turn: VerifyOneOptions,
): Promise<VerifyResult> {
  const { id, aside = (print) => print() } = turn
  try {
    invocation.signal.throwIfAborted()
    return { id, entry: await verifyOne(catalog, invocation, turn) }
  } catch (error) {
    // Ctrl-C ends the whole command, not only this model.
    if (invocation.signal.aborted) {
      aside(() => invocation.output.note(`${id} was not read to its end and is unchanged`))
      throw invocation.signal.reason
    }
    return { id, problem: toProblem(await withHints(error, catalog)) }
  }
}

/** A hundred missing files need one hint. */
function reportResult({ output }: Invocation, result: VerifyResult, hints: Set<string>): void {
  if ('entry' in result) {
    output.print(formatVerified(result.entry))
    return
  }
  const { hint, message, ...problem } = result.problem
  const isNew = hint !== undefined && !hints.has(hint)
  if (isNew) hints.add(hint)
  const named = isOfModel(problem.details) ? message : `${result.id}: ${message}`
  output.note(...formatProblem({ ...problem, message: named, hint: isNew ? hint : undefined }))
}

/** Whether the error is about a model, whose id its message tells then; one of the system names a path at most. */
function isOfModel(details: unknown): boolean {
  return typeof details === 'object' && details !== null && 'id' in details
}

function formatVerifySummary(total: number, failed: number): string {
  if (total === 0) return 'no models to verify'
  const verified = `${total - failed} of ${formatCount(total, 'model')} verified`
  return failed === 0 ? verified : `${verified}, ${failed} failed`
}

function toJsonVerifyResult(result: VerifyResult): unknown {
  if ('entry' in result) return { id: result.id, ok: true, model: toJsonEntry(result.entry) }
  return { id: result.id, ok: false, error: toJsonProblem(result.problem) }
}
