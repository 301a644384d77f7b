/** Room `commands/download`: download …. */

import type { Command } from 'commander'
import { withAttribution } from '../../options/attribution-options.ts'
import type { ChangingOptions, RunCommand } from '../../options/command-options.ts'
import { createIfRevisionOption } from '../../options/if-revision-option.ts'
import { parseDuration } from '../../options/option-values.ts'

interface DownloadOptions extends ChangingOptions {
  readonly holder: string
  readonly for?: number
  readonly inPlace?: true
  readonly ifRevision?: number
}

interface AbandonOptions extends DownloadOptions {
  readonly problem?: string
  readonly retryAfter?: number
}

/** The commands by which a script downloads a model: one at a time, and never Active before it is right. */
export function defineDownloadCommands(program: Command, run: RunCommand): void {
  const group = program
    .command('download')
    .description('coordinate downloads by other programs, one at a time for each model')
  defineBegin(group, run)
  defineRenewDownload(group, run)
  defineAbandon(group, run)
  defineFinish(group, run)
}

function defineBegin(group: Command, run: RunCommand): void {
  const command = withHolder(group.command('begin <id>'))
    .description('begin a download, which no other holder may take over for a time, and print where it goes')
    .option(
      '--for <duration>',
      'how long no other holder may take it over, like 90s, 10m or 2h (default: 10m)',
      parseDuration,
    )
    .addOption(createIfRevisionOption())
    .option('--in-place', 'also to the location of a model registered in place, outside the root')
  withAttribution(command, 'catalog download begin llama-3.1-8b --holder nightly --for 2h')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<DownloadOptions>()
    const { holder, for: forMs, inPlace = false, ifRevision } = options
    await run(options, async (invocation) => {
      const { runBeginDownload } = await import('./download.ts')
      return await runBeginDownload(invocation, { id, holder, forMs, inPlace, ifRevision })
    })
  })
}

function defineRenewDownload(group: Command, run: RunCommand): void {
  const command = withHolder(group.command('renew <id>'))
    .description('keep a download from other holders for longer')
    .option('--for <duration>', 'how long from now on, like 90s, 10m or 2h (default: 10m)', parseDuration)
    .addOption(createIfRevisionOption())
  withAttribution(command, 'catalog download renew llama-3.1-8b --holder nightly --for 2h')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<DownloadOptions>()
    const { holder, for: forMs, ifRevision } = options
    await run(options, async (invocation) => {
      const { runRenewDownload } = await import('./download.ts')
      return await runRenewDownload(invocation, { id, holder, forMs, ifRevision })
    })
  })
}

function defineAbandon(group: Command, run: RunCommand): void {
  const command = withHolder(group.command('abandon <id>'))
    .description('give a download up; what was downloaded stays')
    .option('--problem <text>', 'why it failed: recorded in the entry until the bytes are right')
    .option(
      '--retry-after <duration>',
      'with --problem: when it may be tried again, like 90s, 10m or 2h',
      parseDuration,
    )
    .addOption(createIfRevisionOption())
  withAttribution(command, 'catalog download abandon llama-3.1-8b --holder nightly --problem "HTTP 503"')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<AbandonOptions>()
    const { holder, problem, retryAfter, ifRevision } = options
    if (problem === undefined && retryAfter !== undefined) {
      command.error("error: option '--retry-after <duration>' needs '--problem <text>'")
    }
    const failed = problem === undefined ? undefined : { problem, retryAfterMs: retryAfter }
    await run(options, async (invocation) => {
      const { runAbandonDownload } = await import('./download.ts')
      return await runAbandonDownload(invocation, { id, holder, failed, ifRevision })
    })
  })
}

function defineFinish(group: Command, run: RunCommand): void {
  const command = withHolder(group.command('finish <id>'))
    .description(
      'check what was downloaded, give it its name and make the model Active; quarantine it if it is wrong',
    )
    .option(
      '--for <duration>',
      'for how long it is kept from other holders at a time while it is read (default: 10m)',
      parseDuration,
    )
  withAttribution(command, 'catalog download finish llama-3.1-8b --holder nightly')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<DownloadOptions>()
    const { holder, for: forMs } = options
    await run(options, async (invocation) => {
      const { runFinishDownload } = await import('./download.ts')
      return await runFinishDownload(invocation, { id, holder, forMs })
    })
  })
}

// A name made up for each command would be another holder than that of the command before.
function withHolder(command: Command): Command {
  return command.requiredOption(
    '--holder <name>',
    'who downloads: the same name from begin to finish; it goes on after a restart under any host name, as long as the disk is the same',
  )
}
