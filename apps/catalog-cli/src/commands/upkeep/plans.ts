/** Room `commands/upkeep`: audit, doctor, collect, dedupe, apply, stats. */

import {
  type ApplyReport,
  type Catalog,
  CatalogError,
  type DedupeMethod,
  parsePlan,
  type UpkeepAction,
  type UpkeepPlan,
} from 'model-catalog'
import { assertConfirmed } from '../../catalog/assert-confirmed.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { readTextFile, writeTextFile } from '../../files/text-file.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import type { Output } from '../../output/output.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'

export interface PlanOptions {
  readonly apply: boolean
  /** Whether nothing is asked before the plan is applied. */
  readonly yes: boolean
  /** As the user wrote it. */
  readonly save: string | undefined
}

export interface RunDoctorOptions extends PlanOptions {
  readonly forgetAbsent: boolean
}

export interface RunCollectOptions extends PlanOptions {
  readonly orphans: boolean | readonly string[]
  readonly olderThanMs: number | undefined
  readonly lastCopy: boolean
  readonly retired: boolean
  readonly quarantined: boolean
  readonly partials: boolean
  readonly maxReadBytes: number | undefined
}

/** Compares the catalog with the disk. */
export function runDoctor(invocation: Invocation, options: RunDoctorOptions): Promise<number> {
  const { forgetAbsent } = options
  return runPlan(invocation, options, (catalog) => catalog.upkeep.doctor({ forgetAbsent }))
}

/** Finds files that are not needed. */
export function runCollect(invocation: Invocation, options: RunCollectOptions): Promise<number> {
  const { apply, yes, save, ...wanted } = options
  return runPlan(invocation, { apply, yes, save }, (catalog) => catalog.upkeep.collect(wanted))
}

/** Finds equal files. */
export function runDedupe(
  invocation: Invocation,
  options: PlanOptions & { readonly method: string },
): Promise<number> {
  const { method } = options
  if (!isMethod(method)) throw new CliError('USAGE', '--method is reference, hard-link or reflink')
  return runPlan(invocation, options, (catalog) => catalog.upkeep.dedupe({ method }))
}

function isMethod(text: string): text is DedupeMethod {
  return text === 'reference' || text === 'hard-link' || text === 'reflink'
}

/** Does what a saved plan says. */
export async function runApply(
  invocation: Invocation,
  { file, dryRun, yes }: { readonly file: string; readonly dryRun: boolean; readonly yes: boolean },
): Promise<number> {
  const { output } = invocation
  const plan = await readPlan(invocation.resolvePath(file))
  if (dryRun) {
    printActions(output, plan)
    output.printJson({ plan })
    return EXIT_CODES.OK
  }
  await assertWanted(invocation, plan, yes)
  const report = await withCatalog(invocation, (catalog) => applyPlan(invocation, catalog, plan))
  output.printJson(report)
  return exitCodeOf(report)
}

async function runPlan(
  invocation: Invocation,
  { apply, yes, save }: PlanOptions,
  make: (catalog: Catalog) => Promise<UpkeepPlan>,
): Promise<number> {
  const { output } = invocation
  return await withCatalog(invocation, async (catalog) => {
    const plan = await make(catalog)
    output.print(
      ...plan.findings.map(({ kind, path, bytes, text }) => formatFinding(kind, path, bytes, text)),
    )
    if (save !== undefined) {
      await writeTextFile(invocation.resolvePath(save), `${JSON.stringify(plan, null, 2)}\n`)
      output.note(`the plan is in ${save}; catalog apply ${save} does it`)
    }
    if (apply) {
      await assertWanted(invocation, plan, yes)
      const report = await applyPlan(invocation, catalog, plan)
      output.printJson({ plan, report })
      return exitCodeOf(report)
    }
    printActions(output, plan)
    output.print(formatPlanSummary(plan, save))
    output.printJson({ plan })
    return EXIT_CODES.OK
  })
}

function printActions(output: Output, { actions }: UpkeepPlan): void {
  output.print(...actions.map((action) => `would ${describeAction(action)}`))
}

async function assertWanted(
  invocation: Invocation,
  { actions, bytes }: UpkeepPlan,
  yes: boolean,
): Promise<void> {
  if (actions.length === 0) return
  const lastCopies = actions.filter((action) => action.kind === 'remove-file' && action.lastCopy).length
  const warning = lastCopies === 0 ? '' : `, ${formatCount(lastCopies, 'file')} even of a last verified copy`
  const what = actions.length === 1 ? 'it' : `all ${actions.length}`
  const question = `Do ${what}, ${formatBytes(bytes)} to free${warning}?`
  await assertConfirmed(invocation, { question, yes })
}

function formatFinding(kind: string, path: string, bytes: number, text: string): string {
  return `${kind}: ${path} (${formatBytes(bytes)}): ${text}`
}

function formatPlanSummary({ findings, actions, bytes }: UpkeepPlan, save: string | undefined): string {
  if (findings.length === 0) return 'nothing to do'
  const found = formatCount(findings.length, 'finding')
  if (actions.length === 0) return `${found}, nothing to do`
  const todo = `${found}, ${formatCount(actions.length, 'action')}, ${formatBytes(bytes)} to free`
  return save === undefined ? `${todo}; --apply does it` : todo
}

async function applyPlan(invocation: Invocation, catalog: Catalog, plan: UpkeepPlan): Promise<ApplyReport> {
  const { output, signal } = invocation
  const report = await catalog.upkeep.apply(plan, { signal, ...attributionOf(invocation) })
  const { done, skipped, failed, freedBytes } = report
  output.print(...done.map((action) => `done: ${describeAction(action)}`))
  for (const { action, reason } of skipped) output.print(`skipped: ${describeAction(action)}: ${reason}`)
  for (const { action, code, text } of failed)
    output.print(`failed: ${describeAction(action)}: ${text} [${code}]`)
  const counts = `${done.length} done, ${skipped.length} skipped, ${failed.length} failed`
  output.print(`${counts}; ${formatBytes(freedBytes)} freed`)
  return report
}

function describeAction(action: UpkeepAction): string {
  switch (action.kind) {
    case 'relocate':
      return `verify ${action.entry.id} in its new place ${action.to}`
    case 'reverify':
      return `verify ${action.entry.id} again`
    case 'forget-evidence':
      return action.keys === undefined
        ? `take back that ${action.entry.id} was verified here`
        : `forget what was read of ${action.entry.id} on ${formatCount(action.keys.length, 'volume')} that ${action.keys.length === 1 ? 'is' : 'are'} not here`
    case 'remove-file':
      return `remove ${action.file} (${action.why}, ${formatBytes(action.bytes)})`
    case 'share-bytes': {
      const [keep, replace] = [action.keep.file, action.replace.file]
      const what =
        action.method === 'reference'
          ? `make ${action.ids.join(', ')} refer to ${keep} and remove ${replace}`
          : `${action.method} ${keep} in the place of ${replace}`
      return `${what} (${formatBytes(action.bytes)})`
    }
    case 'finish-sharing':
      return `verify ${action.file}, and remove ${action.replaced.file} or put it back (${formatBytes(action.bytes)})`
    default:
      return action satisfies never
  }
}

function exitCodeOf({ failed }: ApplyReport): number {
  const [first] = failed
  return first === undefined ? EXIT_CODES.OK : CATALOG_EXIT_CODES[first.code]
}

async function readPlan(path: string): Promise<UpkeepPlan> {
  const text = await readTextFile(path, 'plan')
  try {
    return parsePlan(toPlan(JSON.parse(text)))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    const problem = `is not JSON: ${path}`
    throw new CatalogError(
      'INVALID_INPUT',
      `plan ${problem}`,
      { problems: [{ field: 'plan', problem }] },
      { cause },
    )
  }
}

/** The output of a command with `--json` is taken too. */
function toPlan(document: unknown): unknown {
  return typeof document === 'object' && document !== null && 'plan' in document ? document.plan : document
}
