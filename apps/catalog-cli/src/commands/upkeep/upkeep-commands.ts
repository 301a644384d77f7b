import { type Command, Option } from 'commander'
import { YES } from '../../catalog/assert-confirmed.ts'
import { withAttribution } from '../../options/attribution-options.ts'
import { type ChangingOptions, formatExample, type RunCommand } from '../../options/command-options.ts'
import { parseByteCount, parseDuration, parseRate } from '../../options/option-values.ts'

interface AuditCommandOptions extends ChangingOptions {
  readonly olderThan?: number
  readonly rate?: number
  readonly maxBytes?: number
  readonly maxTime?: number
}

interface PlanCommandOptions extends ChangingOptions {
  readonly apply?: true
  readonly dryRun?: true
  readonly yes?: true
  readonly save?: string
}

interface ApplyCommandOptions extends ChangingOptions {
  readonly dryRun?: true
  readonly yes?: true
}

interface DoctorCommandOptions extends PlanCommandOptions {
  readonly forgetAbsent?: true
}

interface CollectCommandOptions extends PlanCommandOptions {
  readonly orphans?: true | readonly string[]
  readonly lastCopy?: boolean
  readonly retired: boolean
  readonly quarantined: boolean
  readonly partials: boolean
  readonly maxBytes?: number
  readonly olderThan?: number
}

interface DedupeCommandOptions extends PlanCommandOptions {
  readonly method: string
}

const OLDER_THAN = '--older-than <time>'

/** The commands that keep models in order. Without `--apply` those that make a plan only show it. */
export function defineUpkeepCommands(program: Command, run: RunCommand): void {
  defineAudit(program, run)
  defineDoctor(program, run)
  defineCollect(program, run)
  defineDedupe(program, run)
  defineApply(program, run)
  defineStats(program, run)
}

function defineAudit(program: Command, run: RunCommand): void {
  const command = program
    .command('audit')
    .description('verify again what was verified before, the oldest first')
    .option(OLDER_THAN, 'only what was read longer ago, such as 30d or 12h', parseDuration)
    .option('--rate <rate>', 'the most bytes to read in a second, such as 200MB/s', parseRate)
    .option('--max-bytes <bytes>', 'the most bytes to read, such as 500GB', parseByteCount)
    .option('--max-time <time>', 'begin no model after this time, such as 2h', parseDuration)
  withAttribution(command, 'catalog audit --older-than 30d --rate 200MB/s')
  command.action(async () => {
    const options = command.optsWithGlobals<AuditCommandOptions>()
    const { olderThan: olderThanMs, rate: bytesPerSecond, maxBytes, maxTime: maxDurationMs } = options
    await run(options, async (invocation) => {
      const { runAudit } = await import('../../catalog/run-audit.ts')
      return await runAudit(invocation, { olderThanMs, bytesPerSecond, maxBytes, maxDurationMs })
    })
  })
}

function defineDoctor(program: Command, run: RunCommand): void {
  const command = program
    .command('doctor')
    .description(
      'compare the catalog with the disk, and say what could be done; the exit code is 0 whatever it finds',
    )
    .option(
      '--forget-absent',
      'also forget what was read of files whose disk or directory does not exist, instead of waiting for it',
    )
  withPlanOptions(command, 'catalog doctor --save plan.json')
  command.action(async () => {
    const options = command.optsWithGlobals<DoctorCommandOptions>()
    const { forgetAbsent = false } = options
    await run(options, async (invocation) => {
      const { runDoctor } = await import('./plans.ts')
      return await runDoctor(invocation, { ...toPlanOptions(options), forgetAbsent })
    })
  })
}

function defineCollect(program: Command, run: RunCommand): void {
  const command = program
    .command('collect')
    .description('find files that are not needed: of Retired models, quarantined ones, unfinished downloads')
    .option(
      '--orphans [pattern...]',
      "also model files that no model names; with patterns, such as '*.html', those",
    )
    .option('--last-copy', 'also files of which no other machine that shares the catalog has a verified copy')
    .option('--no-retired', 'leave the files of Retired models')
    .option('--no-quarantined', 'leave quarantined files')
    .option('--no-partials', 'leave unfinished downloads')
    .option('--max-bytes <bytes>', 'the most bytes to read of orphans (default: 64GiB)', parseByteCount)
    .option(OLDER_THAN, 'only what did not change for so long, such as 30d; orphans: 24h', parseDuration)
  withPlanOptions(command, 'catalog collect --older-than 30d')
  command.action(async () => {
    const options = command.optsWithGlobals<CollectCommandOptions>()
    const { orphans = false, olderThan: olderThanMs, maxBytes: maxReadBytes } = options
    const { retired, quarantined, partials, lastCopy = false } = options
    await run(options, async (invocation) => {
      const { runCollect } = await import('./plans.ts')
      return await runCollect(invocation, {
        ...toPlanOptions(options),
        ...{ retired, quarantined, partials, orphans, lastCopy, olderThanMs, maxReadBytes },
      })
    })
  })
}

function defineDedupe(program: Command, run: RunCommand): void {
  const command = program
    .command('dedupe')
    .description('find equal files that could share their bytes')
    .option(
      '--method <method>',
      'reference: two models refer to one file; hard-link: one file with two names; reflink: two files that share their blocks',
      'reference',
    )
  withPlanOptions(command, 'catalog dedupe --method reflink')
  command.action(async () => {
    const options = command.optsWithGlobals<DedupeCommandOptions>()
    await run(options, async (invocation) => {
      const { runDedupe } = await import('./plans.ts')
      return await runDedupe(invocation, { ...toPlanOptions(options), method: options.method })
    })
  })
}

function defineApply(program: Command, run: RunCommand): void {
  const command = program
    .command('apply <plan>')
    .description('apply a saved plan, as far as it is still valid; a terminal is asked first')
    .option('--dry-run', 'only show what the plan says')
    .option('--yes', YES)
  withAttribution(command, 'catalog apply plan.json')
  command.action(async (file: string) => {
    const options = command.optsWithGlobals<ApplyCommandOptions>()
    const { dryRun = false, yes = false } = options
    await run(options, async (invocation) => {
      const { runApply } = await import('./plans.ts')
      return await runApply(invocation, { file, dryRun, yes })
    })
  })
}

function defineStats(program: Command, run: RunCommand): void {
  const command = program
    .command('stats')
    .description('count models and bytes, evidence, leftovers and uses')
    .addHelpText('after', formatExample('catalog stats --json'))
  command.action(async () => {
    await run(command.optsWithGlobals(), async (invocation) => {
      const { runStats } = await import('./stats.ts')
      return await runStats(invocation)
    })
  })
}

function toPlanOptions({ apply, yes, save }: PlanCommandOptions): {
  readonly apply: boolean
  readonly yes: boolean
  readonly save: string | undefined
} {
  return { apply: apply ?? yes ?? false, yes: yes ?? false, save }
}

function withPlanOptions(command: Command, example: string): void {
  command
    .option('--apply', 'do it; a terminal is asked first')
    .option('--yes', 'do it without asking')
    .addOption(new Option('--dry-run', 'only show it, as without --apply').conflicts(['apply', 'yes']))
    .option('--save <file>', 'write the plan to a file, for catalog apply')
  withAttribution(command, example)
}
