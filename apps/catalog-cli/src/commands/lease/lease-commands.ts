/** Room `commands/lease`: lease …. */

import { type Command, Option } from 'commander'
import { withAttribution } from '../../options/attribution-options.ts'
import { type ChangingOptions, formatExample, type RunCommand } from '../../options/command-options.ts'
import { parseDuration, parseTime } from '../../options/option-values.ts'
import type { LeaseSpan } from './lease.ts'

interface LeaseOptions extends ChangingOptions {
  readonly for?: number
  readonly until?: Date
  readonly holder?: string
}

/** The commands that say who uses a model. */
export function defineLeaseCommands(program: Command, run: RunCommand): void {
  const group = program
    .command('lease')
    .description('say who uses a model, so that it is neither removed nor retired')
  defineTake(group, run)
  defineRenewLease(group, run)
  defineRelease(group, run)
  defineList(group, run)
}

function defineTake(group: Command, run: RunCommand): void {
  const command = withDuration(group.command('take <id>'))
    .description('take a lease on an Active model, and print its id')
    .option('--holder <name>', 'who uses it (default: a random name)')
  withAttribution(command, 'catalog lease take llama-3.1-8b --for 1h --holder llama-server-1')
  command.action(async (id: string) => {
    const options = command.optsWithGlobals<LeaseOptions>()
    const { holder } = options
    const span = toSpan(command, options)
    await run(options, async (invocation) => {
      const { runTakeLease } = await import('./lease.ts')
      return await runTakeLease(invocation, { id, holder, ...span })
    })
  })
}

function defineRenewLease(group: Command, run: RunCommand): void {
  const command = withDuration(group.command('renew <id> <lease>')).description('extend a lease')
  withAttribution(command, 'catalog lease renew llama-3.1-8b "$lease" --for 1h')
  command.action(async (id: string, leaseId: string) => {
    const options = command.optsWithGlobals<LeaseOptions>()
    const span = toSpan(command, options)
    await run(options, async (invocation) => {
      const { runRenewLease } = await import('./lease.ts')
      return await runRenewLease(invocation, { id, leaseId, ...span })
    })
  })
}

function defineRelease(group: Command, run: RunCommand): void {
  const command = group.command('release <id> <lease>').description('end a lease; may be repeated')
  withAttribution(command, 'catalog lease release llama-3.1-8b "$lease"')
  command.action(async (id: string, leaseId: string) => {
    await run(command.optsWithGlobals<ChangingOptions>(), async (invocation) => {
      const { runReleaseLease } = await import('./lease.ts')
      return await runReleaseLease(invocation, { id, leaseId })
    })
  })
}

function defineList(group: Command, run: RunCommand): void {
  const command = group
    .command('ls [id]')
    .description('list the leases on a model, or on all')
    .addHelpText('after', formatExample('catalog lease ls'))
  command.action(async (id: string | undefined) => {
    await run(command.optsWithGlobals(), async (invocation) => {
      const { runListLeases } = await import('./lease.ts')
      return await runListLeases(invocation, id)
    })
  })
}

function withDuration(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--for <duration>',
        'how long from now on, like 90s, 10m, 2h or 7d (this or --until is required)',
      )
        .argParser(parseDuration)
        .conflicts('until'),
    )
    .option('--until <time>', 'or until when, such as 2026-01-31T12:00:00Z', parseTime)
}

function toSpan(command: Command, { for: forMs, until }: LeaseOptions): LeaseSpan {
  if (forMs !== undefined) return { forMs }
  if (until !== undefined) return { until }
  command.error("error: required option '--for <duration>' or '--until <time>' not specified")
}
