import type { ExportLayout } from '@catalog/export'
import type { Invocation } from '../../options/invocation.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { runExportBundle } from './export-bundle.ts'
import { type ExportFormat, runExportFormat } from './export-format.ts'
import { runExportLayout } from './export-layout.ts'

/** What was asked for on the command line. */
export interface RunExportOptions {
  readonly ids: readonly string[]
  readonly format?: ExportFormat
  readonly layout?: ExportLayout
  readonly output?: string
  readonly state?: readonly string[]
  readonly relativeTo?: string
  readonly bundle?: string
  readonly dryRun?: true
  readonly yes?: true
}

/** Writes a document about models, a directory with one model, or a bundle. */
export async function runExport(
  invocation: Invocation,
  options: RunExportOptions,
): Promise<number | undefined> {
  const { ids, format, layout, output, state, relativeTo, bundle, dryRun = false, yes = false } = options
  if (bundle !== undefined) {
    const isOther = [format, layout, output, state, relativeTo].some((each) => each !== undefined)
    if (isOther) throw createUsage('--bundle takes ids, --dry-run and --yes, and no other options')
    return await runExportBundle(invocation, { ids, directory: bundle, dryRun, yes })
  }
  if (dryRun) throw createUsage('takes --dry-run for --bundle only')
  if (format !== undefined && layout !== undefined) throw createUsage('takes --format or --layout, not both')
  if (relativeTo !== undefined && format !== 'sha256sums')
    throw createUsage('takes --relative-to for sha256sums only')
  if (format !== undefined) {
    return await runExportFormat(invocation, { ids, format, output, states: state, relativeTo })
  }
  if (layout === undefined) throw createUsage('needs --format, --layout or --bundle')
  const [id, ...others] = ids
  if (id === undefined || others.length > 0) throw createUsage('--layout needs the id of one model')
  if (output === undefined) throw createUsage('--layout needs --output with a directory')
  if (state !== undefined) throw createUsage('--layout takes an Active model, and no --state')
  return await runExportLayout(invocation, { id, layout, directory: output })
}

function createUsage(problem: string): CliError {
  return new CliError('USAGE', `export ${problem}`)
}
