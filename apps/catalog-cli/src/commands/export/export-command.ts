import type { ExportLayout } from '@catalog/export'
import { type Command, Option } from 'commander'
import { YES } from '../../catalog/assert-confirmed.ts'
import { formatExample, type GlobalOptions, type RunCommand } from '../../options/command-options.ts'
import { collect } from '../../options/option-values.ts'
import type { ExportFormat } from './export-format.ts'

interface ExportCommandOptions extends GlobalOptions {
  readonly format?: ExportFormat
  readonly layout?: ExportLayout
  readonly output?: string
  readonly state?: readonly string[]
  readonly relativeTo?: string
  readonly bundle?: string
  readonly dryRun?: true
  readonly yes?: true
}

// Written out: help does not wait for the library. The compiler compares the words with those of the library.
const FORMATS = { sha256sums: true, catalog: true, cyclonedx: true } as const satisfies Readonly<
  Record<ExportFormat, true>
>
const LAYOUTS = { 'llama.cpp': true, ollama: true, huggingface: true } as const satisfies Readonly<
  Record<ExportLayout, true>
>

/** Defines `export`. Its code, and the library with it, is imported when it runs. */
export function defineExportCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('export [ids...]')
    .description('write what is known of models, or verified models themselves, for other tools and catalogs')
    .addOption(new Option('--format <format>', 'a document about models').choices(Object.keys(FORMATS)))
    .addOption(
      new Option('--layout <tool>', 'a directory that this tool reads, with one model').choices(
        Object.keys(LAYOUTS),
      ),
    )
    .option(
      '--bundle <dir>',
      'a directory with models and their files, for another catalog (default: all Active ones)',
    )
    .option(
      '--output <path>',
      'the file of a document (default: standard output), or the directory of a layout',
    )
    .option('--state <state>', 'the models in this state; repeat it for several (default: Active)', collect)
    .option('--relative-to <dir>', 'sha256sums names the files below this directory relative to it')
    .option('--dry-run', 'only print what would be copied to the bundle')
    .option('--yes', YES)
    .addHelpText('after', formatExample('catalog export --format sha256sums --output SHA256SUMS'))
  command.action(async (ids: readonly string[]) => {
    const options = command.optsWithGlobals<ExportCommandOptions>()
    await run(options, async (invocation) => {
      const { runExport } = await import('./export.ts')
      return await runExport(invocation, { ids, ...options })
    })
  })
}
