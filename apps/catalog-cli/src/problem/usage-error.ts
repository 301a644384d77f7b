import type { CommanderError } from 'commander'
import { EXIT_CODES } from './exit-codes.ts'
import type { Problem } from './problem.ts'

/** Whether commander ended on purpose: it printed the help or the version that was asked for. */
export function isHelp({ code }: CommanderError): boolean {
  return code === 'commander.helpDisplayed' || code === 'commander.version'
}

/** Commander's complaint in our form, without values that may be an address with a password in it. */
export function toUsageProblem(error: CommanderError): Problem {
  if (error.code === 'commander.help') return createProblem('a command is missing')
  const message = error.message
    .replace(/^error: /u, '')
    .replaceAll(/'([^'\n]*)'/gu, (_, quoted: string) => `'${hideValue(quoted)}'`)
    .replaceAll(/\s*\n\s*/gu, ' ')
    .replace(/\.$/u, '')
  return createProblem(message)
}

function createProblem(message: string): Problem {
  const hint = 'catalog --help, or --help after a command'
  return { code: 'USAGE', exitCode: EXIT_CODES.USAGE, message, hint }
}

function hideValue(quoted: string): string {
  const [option = '', value] = quoted.split('=', 2)
  if (option.startsWith('-') && value !== undefined) return `${option}=…`
  return /:\/\/|@/u.test(quoted) ? '…' : quoted
}
