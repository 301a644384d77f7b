import type { SymlinkPolicy } from 'model-catalog'
import type { Invocation } from './invocation.ts'

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly root?: string
  readonly store?: string
  readonly symlinks?: SymlinkPolicy
  readonly node?: string
  readonly anchor?: readonly string[]
  readonly onlyWriter?: true
  readonly searchRoot?: readonly string[]
  readonly intactPrefix?: true
  readonly json?: true
  readonly debug?: true
}

/** Those of the commands that change something. */
export interface ChangingOptions extends GlobalOptions {
  readonly actor?: string
  readonly reason?: string
}

/** Runs the work of one command; it resolves to the exit code, or to nothing for 0. */
export type RunCommand = (
  options: ChangingOptions,
  work: (invocation: Invocation) => Promise<number | undefined>,
) => Promise<void>

/** One example, as it stands under a command's help. */
export function formatExample(line: string): string {
  return `\nExample:\n  $ ${line}`
}
