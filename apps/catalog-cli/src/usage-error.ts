import type { CommanderError } from 'commander'
import { EXIT_CODES } from './exit-codes.ts'
import type { Problem } from './problem.ts'

/** Whether commander ended on purpose: it printed the help or the version that was asked for. */
export function isHelp({ code }: CommanderError): boolean {
  return code === 'commander.helpDisplayed' || code === 'commander.version'
}

/** Commander's complaint in our form, without values that may be an address with a password in it. */
export function toUsageProblem(error: CommanderError): Problem {
  const message = error.message
    .replace(/^error: /u, '')
    .replaceAll(/'([^'\n]*)'/gu, (_, quoted: string) => `'${hideValue(quoted)}'`)
    .replaceAll(/\s*\n\s*/gu, ' ')
    .replace(/\.$/u, '')
  return {
    code: 'USAGE',
    exitCode: EXIT_CODES.USAGE,
    message,
    hint: 'catalog --help, or --help after a command',
  }
}

function hideValue(quoted: string): string {
  const [option = '', value] = quoted.split('=', 2)
  if (option.startsWith('-') && value !== undefined) return `${option}=…`
  return /:\/\/|@/u.test(quoted) ? '…' : quoted
}
