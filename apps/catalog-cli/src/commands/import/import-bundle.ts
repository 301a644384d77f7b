import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  type BundleImportReport,
  type BundleImportResult,
  type BundleImportWait,
  type ImportBundleOptions,
  importBundle,
} from '@catalog/import'
import { withCatalogOrEmpty, withNewCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { createProgress } from '../../output/progress.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, type Problem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'
import { toPrintable } from '../../text/printable.ts'
import { type Column, formatTable } from '../../text/table.ts'

export interface ImportBundleCommand {
  /** None for all. */
  readonly ids: readonly string[]
  /** As the user wrote it. */
  readonly directory: string
  readonly dryRun: boolean
  readonly yes: boolean
  readonly verify: boolean
  readonly to?: string
  readonly inPlace?: true
  readonly keepOrigins?: true
  readonly only?: readonly string[]
  readonly watch?: true
}

/** Takes the models of a bundle into the catalog. Returns the exit code of the first one that is not right. */
export async function runImportBundle(invocation: Invocation, command: ImportBundleCommand): Promise<number> {
  const { output, signal, resolvePath } = invocation
  const { ids: given, directory, dryRun, yes, to, inPlace, keepOrigins, only, watch, verify } = command
  if (only !== undefined || watch !== undefined || !verify) {
    throw new CliError('USAGE', 'import --bundle takes no --only, --watch and --no-verify')
  }
  if (to !== undefined && inPlace)
    throw new CliError('USAGE', 'import --bundle takes --to or --in-place, not both')
  const options: ImportBundleOptions = {
    ...{ ids: given.length === 0 ? undefined : given, inPlace, keepOrigins, signal },
    to: to === undefined ? undefined : resolvePath(to),
    ...attributionOf(invocation),
  }
  // A dry run creates nothing.
  const open = dryRun ? withCatalogOrEmpty : withNewCatalog
  return await open(invocation, async (catalog, root) => {
    const path = resolvePath(directory)
    const foreseen = await importBundle(catalog, path, { ...options, dryRun: true })
    printForeseen(invocation, foreseen)
    if (dryRun) return finish(invocation, foreseen)
    const wanted = foreseen.results.filter(isWanted)
    if (wanted.length > 0)
      await assertWanted(invocation, wanted, { yes, target: inPlace ? undefined : (options.to ?? root) })
    const progress = createProgress(output, 'import')
    try {
      const report = await importBundle(catalog, path, {
        ...options,
        onProgress: (at) => progress.update(at),
        onResult(result) {
          if (result.error === undefined) return
          progress.clear()
          output.note(...formatProblem(toFailure(result)))
        },
        onWait(wait) {
          progress.clear()
          output.note(formatWait(wait))
        },
      })
      progress.finish()
      output.print(formatOutcomes(report))
      return finish(invocation, report)
    } finally {
      progress.clear()
    }
  })
}

function isWanted({ outcome }: BundleImportResult): boolean {
  return outcome === 'added' || outcome === 'updated' || outcome === 'verified'
}

/** Copying takes long, so it is asked for, with the space that it needs. */
async function assertWanted(
  { confirm, output }: Invocation,
  wanted: readonly BundleImportResult[],
  { yes, target }: { readonly yes: boolean; readonly target: string | undefined },
): Promise<void> {
  const bytes = formatBytes(wanted.reduce((sum, { model }) => sum + model.sizeBytes, 0))
  const models = formatCount(wanted.length, 'model')
  const space = target === undefined ? undefined : await findFreeBytes(target)
  const free = space === undefined ? '' : ` (${formatBytes(space)} free)`
  const question =
    target === undefined
      ? `Register ${models} in place and read ${bytes}?`
      : `Copy ${models}, ${bytes}, to ${target}${free}?`
  if (yes) return
  const answer = await confirm(question)
  if (answer === true) return
  if (answer === false) throw new CliError('USAGE', 'nothing was imported')
  if (!output.json) output.note(question)
  throw new CliError('USAGE', 'import asks before it begins, and this is not a terminal; pass --yes')
}

/** Of the nearest directory that exists; undefined if the system does not say it. */
async function findFreeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch {
    return dirname(path) === path ? undefined : await findFreeBytes(dirname(path))
  }
}

function printForeseen(
  { output }: Invocation,
  { results, problems, unnamed, isUnfinished }: BundleImportReport,
): void {
  const columns: readonly Column[] = [{ title: 'SIZE', align: 'right' }, { title: 'WHAT' }, { title: 'ID' }]
  const rows = results.map(({ model, outcome }) => [formatBytes(model.sizeBytes), outcome, model.id])
  output.print(...formatTable(columns, rows, output.width))
  for (const { index, id, problem } of problems) {
    output.note(
      `catalog: note: record ${index + 1}${id === undefined ? '' : `, ${id}`}, is not valid: ${problem}`,
    )
  }
  if (isUnfinished) {
    output.note('catalog: note: the export of this bundle was interrupted: models may be missing')
  }
  if (unnamed.length > 0) {
    const [first = '', ...others] = unnamed
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const [are, them] = others.length === 0 ? ['is', 'it'] : ['are', 'them']
    output.note(
      `catalog: note: ${toPrintable(first)}${more} ${are} not imported: bundle.json does not name ${them}`,
    )
  }
}

/** Else the wait would look like a command that hangs. */
function formatWait({ id, waitMs }: BundleImportWait): string {
  const seconds = Math.ceil(waitMs / 1000)
  return `catalog: note: another import was copying ${id}, and may have been killed: waiting ${seconds} s, until its copy counts as given up`
}

function finish({ output }: Invocation, report: BundleImportReport): number {
  output.printJson(toJson(report))
  const first = report.results.find(({ error }) => error !== undefined)
  if (first !== undefined) return toFailure(first).exitCode
  const isWhole = report.problems.length === 0 && !report.isUnfinished
  return isWhole ? EXIT_CODES.OK : CATALOG_EXIT_CODES.DAMAGED
}

function toFailure({ model: { id }, error }: BundleImportResult): Problem {
  const problem = toProblem(error)
  return problem.message.includes(JSON.stringify(id))
    ? problem
    : { ...problem, message: `${id}: ${problem.message}` }
}

function formatOutcomes({ results }: BundleImportReport): string {
  const counts = new Map<string, number>()
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
  return `${formatCount(results.length, 'model')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
}

function toJson({ directory, results, problems, unnamed, isUnfinished }: BundleImportReport): object {
  return {
    ...{ directory, isUnfinished, problems, unnamed },
    results: results.map(({ model, outcome, entry, error }) => ({
      ...{ id: model.id, outcome, sizeBytes: model.sizeBytes, state: entry?.state ?? null },
      ...(error !== undefined && { error: toJsonProblem(toProblem(error)) }),
    })),
  }
}
