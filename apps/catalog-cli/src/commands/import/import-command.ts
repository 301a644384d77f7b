import { type Command, InvalidArgumentError } from 'commander'
import { withAttribution } from '../../options/attribution-options.ts'
import type { ChangingOptions, RunCommand } from '../../options/command-options.ts'
import { createParallelOption } from '../../options/parallel-option.ts'
import { CliError } from '../../problem/cli-errors.ts'

interface ImportCommandOptions extends ChangingOptions {
  readonly only?: readonly string[]
  readonly dryRun?: true
  readonly yes?: true
  readonly verify: boolean
  readonly watch?: true
  readonly bundle?: string
  readonly to?: string
  readonly inPlace?: true
  readonly keepOrigins?: true
  readonly parallel: number
}

/** Defines `import`. Its code, and the library with it, is imported when it runs. */
export function defineImportCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('import [dir...]')
    .description('find the models that other tools keep, register them where they are, and verify them')
    .option('--bundle <dir>', 'take the models of a bundle instead; name ids to take only these')
    .option('--to <dir>', 'copy the files of the bundle here (default: the root of the catalog)')
    .option('--in-place', 'leave the files of the bundle where they are')
    .option('--keep-origins', 'trust the bundle in who declared the digests')
    .option('--only <tools>', 'only these, separated by commas, as ollama,hf', parseTools)
    .option('--dry-run', 'only print what would be imported')
    .option('--yes', 'do not ask')
    .option('--watch', 'go on, and import what the tools add or change, until Ctrl-C')
    .option('--no-verify', 'register only; the models stay Pending until they are verified')
    .addOption(createParallelOption())
  withAttribution(command, 'catalog import --only ollama,hf')
  command.action(async (directories: readonly string[]) => {
    const options = command.optsWithGlobals<ImportCommandOptions>()
    const { only, dryRun = false, yes = false, verify, watch = false, bundle, parallel } = options
    await run(options, async (invocation) => {
      if (bundle !== undefined) {
        const { runImportBundle } = await import('./import-bundle.ts')
        return await runImportBundle(invocation, {
          ...options,
          ids: directories,
          directory: bundle,
          dryRun,
          yes,
        })
      }
      assertNoBundleOptions(options)
      const { runImport } = await import('./import.ts')
      return await runImport(invocation, { directories, only, dryRun, yes, verify, watch, parallel })
    })
  })
}

function assertNoBundleOptions({ to, inPlace, keepOrigins }: ImportCommandOptions): void {
  if (to === undefined && inPlace === undefined && keepOrigins === undefined) return
  throw new CliError('USAGE', 'import takes --to, --in-place and --keep-origins with --bundle only')
}

function parseTools(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes('')) throw new InvalidArgumentError('It must be names separated by commas.')
  return names
}
