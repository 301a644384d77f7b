import { Argument, type Command } from 'commander'
import { formatExample, type GlobalOptions, type RunCommand } from '../../options/command-options.ts'
import { findCandidates } from './candidates.ts'
import { SHELL_SCRIPTS } from './shell-scripts.ts'

/** What completes a command line in a shell. */
export function defineCompletionCommands(program: Command, run: RunCommand): void {
  defineCompletion(program, run)
  defineComplete(program, run)
}

function defineCompletion(program: Command, run: RunCommand): void {
  const command = program
    .command('completion')
    .description('print a script that completes commands, options and ids in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELL_SCRIPTS)))
    .addHelpText('after', formatExample('eval "$(catalog completion bash)"'))
  command.action(async (shell: string) => {
    await run(command.optsWithGlobals<GlobalOptions>(), async ({ output }) => {
      const script = SHELL_SCRIPTS[shell]
      if (script !== undefined) output.printExact(script.trim())
      return undefined
    })
  })
}

/** What the scripts call; the words of the command line come after `--`, the unfinished one last. */
function defineComplete(program: Command, run: RunCommand): void {
  const command = program.command('complete', { hidden: true }).argument('[word...]')
  command.action(async (words: readonly string[]) => {
    await run(command.optsWithGlobals<GlobalOptions>(), async (invocation) => {
      const { kind, candidates, unfinished } = findCandidates(program, words)
      if (kind === 'ids') {
        const { listIds } = await import('./list-ids.ts')
        invocation.output.printExact(...(await listIds(invocation, words, unfinished)))
      } else invocation.output.printExact(...(kind === 'files' ? [':files'] : candidates))
      return undefined
    })
  })
}
