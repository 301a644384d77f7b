import type { ExportLayout } from '@catalog/export'
import type { Invocation } from '../../options/invocation.ts'
import { CliError } from '../../problem/cli-errors.ts'
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
}

/** Writes a document about models, or a directory with one model. */
export async function runExport(invocation: Invocation, options: RunExportOptions): Promise<undefined> {
  const { ids, format, layout, output, state, relativeTo } = options
  if (format !== undefined && layout !== undefined) throw createUsage('takes --format or --layout, not both')
  if (relativeTo !== undefined && format !== 'sha256sums')
    throw createUsage('takes --relative-to for sha256sums only')
  if (format !== undefined) {
    return await runExportFormat(invocation, { ids, format, output, states: state, relativeTo })
  }
  if (layout === undefined) throw createUsage('needs --format or --layout')
  const [id, ...others] = ids
  if (id === undefined || others.length > 0) throw createUsage('--layout needs the id of one model')
  if (output === undefined) throw createUsage('--layout needs --output with a directory')
  if (state !== undefined) throw createUsage('--layout takes an Active model, and no --state')
  return await runExportLayout(invocation, { id, layout, directory: output })
}

function createUsage(problem: string): CliError {
  return new CliError('USAGE', `export ${problem}`)
}
