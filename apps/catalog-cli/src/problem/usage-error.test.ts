import { CommanderError } from 'commander'
import { expect, it } from 'vitest'
import { toUsageProblem } from './usage-error.ts'

it.each([
  ["error: unknown option '--bogus'", "unknown option '--bogus'"],
  ["error: unknown option '--sorce=https://me:secret@host/x'", "unknown option '--sorce=…'"],
  ["error: unknown command 'https://me:secret@host/x'", "unknown command '…'"],
  ["error: unknown command 'lss'\n(Did you mean ls?)", "unknown command 'lss' (Did you mean ls?)"],
])('%j becomes %j', (said, message) => {
  const problem = toUsageProblem(new CommanderError(1, 'commander.x', said))
  expect(problem).toMatchObject({ code: 'USAGE', exitCode: 2, message })
})

it('reports a missing command', () => {
  const problem = toUsageProblem(new CommanderError(1, 'commander.help', '(outputHelp)'))
  expect(problem).toMatchObject({ exitCode: 2, message: 'a command is missing' })
})
