import { type Command, Option } from 'commander'
import { YES } from '../../catalog/assert-confirmed.ts'
import { withAttribution } from '../../options/attribution-options.ts'
import {
  type ChangingOptions,
  formatExample,
  type GlobalOptions,
  type RunCommand,
} from '../../options/command-options.ts'
import { createIfRevisionOption } from '../../options/if-revision-option.ts'
import { parsePositiveNumber, parseTime } from '../../options/option-values.ts'

interface ConfirmedOptions {
  readonly dryRun?: true
  readonly yes?: true
}

interface RmCommandOptions extends ChangingOptions, ConfirmedOptions {
  readonly wait?: true
  readonly ifRevision?: number
}

interface RepairCommandOptions extends GlobalOptions, ConfirmedOptions {}

interface PruneHistoryCommandOptions extends GlobalOptions, ConfirmedOptions {
  readonly keep: number
  readonly before?: Date
}

/** The commands that remove something from the catalog: a terminal is asked first. */
export function defineRemovingCommands(program: Command, run: RunCommand): void {
  defineRm(program, run)
  definePruneHistory(program, run)
  defineRepair(program, run)
}

function defineRm(program: Command, run: RunCommand): void {
  const command = program
    .command('rm <id>')
    .description('remove a model from the catalog; its file stays')
    .option('--wait', 'wait until all its leases and its download have ended')
    .addOption(createIfRevisionOption())
    .addOption(
      new Option('--dry-run', 'only print what would be removed, and where its file stays').conflicts('yes'),
    )
    .option('--yes', YES)
  withAttribution(command, 'catalog rm llama-3.1-8b')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<RmCommandOptions>()
    const { wait = false, dryRun = false, yes = false, ifRevision } = options
    await run(options, async (invocation) => {
      const { runRm } = await import('./rm.ts')
      return await runRm(invocation, { id, wait, dryRun, yes, ifRevision })
    })
  })
}

function definePruneHistory(program: Command, run: RunCommand): void {
  const command = program
    .command('prune-history')
    .description('remove the oldest part of the history; the models stay')
    .requiredOption(
      '--keep <segments>',
      'how many of its last files are kept; at least 2',
      parsePositiveNumber,
    )
    .option('--before <time>', 'keep also what is not older than this, such as 2026-01-31', parseTime)
    .option('--dry-run', 'only print what would be removed')
    .option('--yes', YES)
    .addHelpText('after', formatExample('catalog prune-history --keep 10'))
  command.action(async () => {
    const options = command.optsWithGlobals<PruneHistoryCommandOptions>()
    const { keep, before, dryRun = false, yes = false } = options
    await run(options, async (invocation) => {
      const { runPruneHistory } = await import('./prune-history.ts')
      return await runPruneHistory(invocation, { keep, before, dryRun, yes })
    })
  })
}

function defineRepair(program: Command, run: RunCommand): void {
  const command = program
    .command('repair')
    .description('repair a damaged catalog, and keep the originals; first stop every program that uses it')
    .addOption(
      new Option('--dry-run', 'only say what is damaged, as catalog verify-history does').conflicts('yes'),
    )
    .option('--yes', YES)
    .addHelpText('after', formatExample('catalog repair'))
  command.action(async () => {
    const options = command.optsWithGlobals<RepairCommandOptions>()
    const { dryRun = false, yes = false } = options
    await run(options, async (invocation) => {
      if (dryRun) {
        const { runVerifyHistory } = await import('../../catalog/run-verify-history.ts')
        return await runVerifyHistory(invocation)
      }
      const { runRepair } = await import('./repair.ts')
      return await runRepair(invocation, yes)
    })
  })
}
