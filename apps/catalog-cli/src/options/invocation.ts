import type { SymlinkPolicy } from 'model-catalog'
import type { Output } from '../output/output.ts'

/** What every command is given beside its own arguments. */
export interface Invocation {
  readonly output: Output
  /** Absolute; undefined for the default root. */
  readonly root: string | undefined
  /** The URL of the database that has the catalog; undefined if the files in the root have it. */
  readonly store: string | undefined
  /** The same, if the command line names it. */
  readonly namedStore: string | undefined
  /** Which symbolic links may lead to model files. */
  readonly symlinks: SymlinkPolicy
  /** The label of this machine; undefined for the library's default. */
  readonly node: string | undefined
  /** Absolute directories on other disks: those of the command line, which must be there, else those of the environment. */
  readonly anchors: readonly string[]
  readonly namedAnchors: readonly string[]
  /** Whether no other program writes to this catalog. */
  readonly onlyWriter: boolean
  /** Absolute directories that are searched for model files, and only read. */
  readonly searchRoots: readonly string[]
  /** Whether a damaged catalog is read as it was before the damage. */
  readonly intactPrefix: boolean
  /** How many large files are read at the same time; undefined for the library's default. */
  readonly threads?: number
  readonly environment: NodeJS.ProcessEnv
  /** The absolute path of what the user wrote. */
  readonly resolvePath: (path: string) => string
  /** Aborted by Ctrl-C, by SIGTERM, and when the reader of the output closes it. */
  readonly signal: AbortSignal
  /** What the user types or pipes in; undefined if standard input is not available. */
  readonly stdin: NodeJS.ReadableStream | undefined
  /** Asks the user on the terminal; undefined if there is none to ask. */
  readonly confirm: (question: string) => Promise<boolean | undefined>
  readonly actor: string | undefined
  readonly reason: string | undefined
}

/** Who changes something, and why, as the library takes it. */
export function attributionOf({ actor, reason }: Invocation): Pick<Invocation, 'actor' | 'reason'> {
  return { actor, reason }
}
