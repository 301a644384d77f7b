import type { SymlinkPolicy } from 'model-catalog'
import type { Output } from '../output/output.ts'

/** What every command is given beside its own arguments. */
export interface Invocation {
  readonly output: Output
  /** Absolute; undefined for the default root. */
  readonly root: string | undefined
  /** Which symbolic links may lead to model files. */
  readonly symlinks: SymlinkPolicy
  readonly environment: NodeJS.ProcessEnv
  /** The absolute path of what the user wrote. */
  readonly resolvePath: (path: string) => string
  /** Aborted by Ctrl-C and by SIGTERM, and when nobody reads the output any more. */
  readonly signal: AbortSignal
  readonly actor: string | undefined
  readonly reason: string | undefined
}

/** Who changes something, and why, as the library takes it. */
export function attributionOf({ actor, reason }: Invocation): Pick<Invocation, 'actor' | 'reason'> {
  return { actor, reason }
}
