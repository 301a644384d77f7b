/** Room `commands/export`: writing what is known and verified for other tools. */

import { type BundledModel, type ExportedBundle, exportBundle } from '@catalog/export'
import { isCatalogError } from 'model-catalog'
import { assertConfirmed } from '../../catalog/assert-confirmed.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { createProgress } from '../../output/progress.ts'
import { EXIT_CODES } from '../../problem/exit-codes.ts'
import { formatProblem, toJsonProblem } from '../../problem/problem.ts'
import { toProblem } from '../../problem/to-problem.ts'
import { formatBytes } from '../../text/bytes.ts'
import { formatCount } from '../../text/count.ts'
import { type Column, formatTable } from '../../text/table.ts'

export interface ExportBundleCommand {
  /** None for all. */
  readonly ids: readonly string[]
  /** As the user wrote it. */
  readonly directory: string
  readonly dryRun: boolean
  readonly yes: boolean
}

/** From this size on a copy takes so long that a terminal is asked. */
const LARGE_BYTES = 1024 ** 3

/** Writes models with their files into a directory. Returns the exit code of the first model that failed. */
export async function runExportBundle(
  invocation: Invocation,
  { ids: given, directory, dryRun, yes }: ExportBundleCommand,
): Promise<number> {
  const { output, signal, resolvePath } = invocation
  const [path, ids] = [resolvePath(directory), given.length === 0 ? undefined : given]
  return await withCatalog(invocation, async (catalog) => {
    const foreseen = await exportBundle(catalog, path, { ids, dryRun: true })
    if (dryRun) {
      printForeseen(invocation, foreseen)
      return EXIT_CODES.OK
    }
    const copiedBytes = sumCopied(foreseen)
    if (copiedBytes >= LARGE_BYTES) {
      const models = formatCount(foreseen.models.length, 'model')
      const question = `Copy ${formatBytes(copiedBytes)} of ${models} to ${path}?`
      await assertConfirmed(invocation, { question, yes })
    }
    const progress = createProgress(output, 'export')
    try {
      const exported = await exportBundle(catalog, path, {
        ...{ ids, signal },
        onProgress: (at) => progress.update(at),
        onResult(result) {
          if (result.error === undefined) return
          progress.clear()
          output.note(...formatProblem(toFailure(result)))
        },
      })
      progress.finish()
      printExported(invocation, exported)
      const failed = exported.models.find(({ error }) => error !== undefined)
      return failed === undefined ? EXIT_CODES.OK : toFailure(failed).exitCode
    } finally {
      progress.clear()
    }
  })
}

function toFailure({ id, error }: BundledModel): ReturnType<typeof toProblem> {
  const problem = toProblem(error)
  const isNamed = isCatalogError(error) && error.message.includes(JSON.stringify(id))
  return isNamed ? problem : { ...problem, message: `${id}: ${problem.message}` }
}

function printForeseen({ output }: Invocation, foreseen: ExportedBundle): void {
  const columns: readonly Column[] = [
    { title: 'SIZE', align: 'right' },
    { title: 'TO COPY', align: 'right' },
    { title: 'WHAT' },
    { title: 'ID' },
  ]
  const rows = foreseen.models.map(({ id, outcome, sizeBytes, copiedBytes }) => [
    ...[formatBytes(sizeBytes), formatBytes(copiedBytes), outcome, id],
  ])
  output.print(...formatTable(columns, rows, output.width))
  output.print(`${formatCount(rows.length, 'model')}, ${formatBytes(sumCopied(foreseen))} to copy`)
  noteOthers({ output }, foreseen)
  output.printJson(toJson(foreseen))
}

function printExported({ output }: Pick<Invocation, 'output'>, exported: ExportedBundle): void {
  const { directory, models } = exported
  const counts = new Map<string, number>()
  for (const { outcome } of models) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`)
  const what = `${formatCount(models.length, 'model')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
  output.print(`${directory}: ${what}, ${formatBytes(sumCopied(exported))} copied`)
  noteOthers({ output }, exported)
  output.printJson(toJson(exported))
}

/** What a user may have expected in the bundle. */
function noteOthers({ output }: Pick<Invocation, 'output'>, { models, otherStates }: ExportedBundle): void {
  for (const { id, outcome } of models) {
    if (outcome === 'left-out')
      output.note(`catalog: note: ${id} is left out: the digest of a file is not known`)
  }
  const others = Object.entries(otherStates).filter(([, count]) => count > 0)
  if (others.length === 0) return
  const parts = others.map(([state, count]) => `${count} ${state}`)
  output.note(`catalog: note: only Active models are exported; left out: ${parts.join(', ')}`)
}

function sumCopied({ models }: ExportedBundle): number {
  return models.reduce((sum, { copiedBytes }) => sum + copiedBytes, 0)
}

function toJson({ directory, models, otherStates }: ExportedBundle): object {
  return {
    directory,
    models: models.map(({ error, ...model }) => ({
      ...model,
      ...(error !== undefined && { error: toJsonProblem(toProblem(error)) }),
    })),
    copiedBytes: models.reduce((sum, { copiedBytes }) => sum + copiedBytes, 0),
    otherStates,
  }
}
