/** Room `commands/migrate`: moving a catalog between files and a database. */

import { type Command, Option } from 'commander'
import { YES } from '../../catalog/assert-confirmed.ts'
import { formatExample, type GlobalOptions, type RunCommand } from '../../options/command-options.ts'

interface MigrateCommandOptions extends GlobalOptions {
  readonly from: string
  readonly to: string
  readonly dryRun?: true
  readonly yes?: true
}

const PLACES = 'fs for the files in the root, another directory, or the URL of a database'

/** Defines `migrate`. */
export function defineMigrateCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('migrate')
    .description(
      'copy the catalog with its history from files to a database, or back; a terminal is asked first',
    )
    .requiredOption('--from <place>', `the catalog: ${PLACES}`)
    .requiredOption('--to <place>', 'where the copy is made: the same; there must be no other catalog')
    .addOption(new Option('--dry-run', 'only say how much would be copied').conflicts('yes'))
    .option('--yes', YES)
    .addHelpText(
      'after',
      formatExample('catalog migrate --from fs --to postgresql://models@db.internal/fleet'),
    )
  command.action(async () => {
    const options = command.optsWithGlobals<MigrateCommandOptions>()
    const { from, to, dryRun = false, yes = false } = options
    await run(options, async (invocation) => {
      const { runMigrate } = await import('./migrate.ts')
      return await runMigrate(invocation, { from, to, dryRun, yes })
    })
  })
}
