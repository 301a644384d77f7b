/** Room `commands/policy`: policy …. */

import type { Command } from 'commander'
import type { PolicyChange } from 'model-catalog'
import { withAttribution } from '../../options/attribution-options.ts'
import { type ChangingOptions, formatExample, type RunCommand } from '../../options/command-options.ts'
import { addPolicyName, addPolicyRule } from './policy-rules.ts'

/** The commands for the policy that is stored in the catalog. */
export function definePolicyCommands(program: Command, run: RunCommand): void {
  const group = program
    .command('policy')
    .description('show or change the policy that the catalog stores for every program')
    .addHelpText(
      'after',
      formatExample('catalog policy set require-declared-digest=true max-evidence-age=90d'),
    )
  group.action(async () => {
    await run(group.optsWithGlobals(), async (invocation) => {
      const { runShowPolicy } = await import('./policy.ts')
      return await runShowPolicy(invocation)
    })
  })
  defineSet(group, run)
  defineUnset(group, run)
}

function defineSet(group: Command, run: RunCommand): void {
  const command = group
    .command('set')
    .description('store rules, for every program at once')
    .argument(
      '<rule...>',
      'require-declared-digest=true|false, require-digest-origin=<origin,…>, max-evidence-age=<duration>, ctime-change=stale|trust-mtime, silent-after=<duration>',
      addPolicyRule,
    )
  withAttribution(command, 'catalog policy set max-evidence-age=90d --reason "new contract"')
  command.action(async (change: PolicyChange) => {
    await run(command.optsWithGlobals<ChangingOptions>(), async (invocation) => {
      const { runChangePolicy } = await import('./policy.ts')
      return await runChangePolicy(invocation, change)
    })
  })
}

function defineUnset(group: Command, run: RunCommand): void {
  const command = group
    .command('unset')
    .description('remove rules, so that each program uses its own')
    .argument('<name...>', 'the names of the rules', addPolicyName)
  withAttribution(command, 'catalog policy unset max-evidence-age')
  command.action(async (change: PolicyChange) => {
    await run(command.optsWithGlobals<ChangingOptions>(), async (invocation) => {
      const { runChangePolicy } = await import('./policy.ts')
      return await runChangePolicy(invocation, change)
    })
  })
}
