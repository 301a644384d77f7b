import { redactStoreUrl } from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'
import { CliError } from '../problem/cli-errors.ts'

/** The URL of the database that has the catalog; undefined if the files in the root have it. */
export function findStore({
  store,
  namedStore,
  onlyWriter,
  intactPrefix,
  output,
}: Invocation): string | undefined {
  if (store === undefined) return undefined
  if (onlyWriter) throw createMisplaced('--only-writer')
  if (intactPrefix) throw createMisplaced('--intact-prefix')
  if (namedStore !== undefined) warnOfPassword(namedStore, output)
  return store
}

/** Other users of the machine see the arguments of a command, and the shell keeps them. */
export function warnOfPassword(store: string, output: Invocation['output']): void {
  if (!hasPassword(store)) return
  output.warn(
    'a password on the command line is visible to other users, in ps: use $CATALOG_STORE, $PGPASSWORD or a .pgpass file',
  )
}

function hasPassword(store: string): boolean {
  return /^[^/]*\/\/[^/?@]*:[^@]+@/u.test(store) || /[?&]password=[^&]/u.test(store)
}

/** USAGE for a command that is about the files of a catalog, and nothing else. */
export function assertInFiles({ store }: Invocation, advice: string): void {
  if (store === undefined) return
  throw new CliError(
    'USAGE',
    `this command is for a catalog in files, and the store is a database: ${advice}`,
  )
}

/** Where the catalog is, for people: without secrets. */
export function describePlace(root: string, store: string | undefined): string {
  return store === undefined ? root : redactStoreUrl(store)
}

function createMisplaced(option: string): CliError {
  return new CliError('USAGE', `${option} is for a catalog in files, and the store is a database`)
}
