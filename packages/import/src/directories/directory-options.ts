import type { LayoutName } from '../candidate/layout-name.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import type { Statement } from '../statements/statement.ts'

/** What is stated of a file, by its path relative to the directory. */
type StatementOf = (path: string, found: FoundEntry) => Statement | Promise<Statement>

/** The store that a directory of models is part of. */
export interface DirectoryOptions {
  readonly layout: LayoutName
  readonly store: string
  /** The names that lead to the directory, for ids; default: its path relative to the store, or its own name. */
  readonly names?: readonly string[] | undefined
  /** The name that the tool shows for the directory; default: the names, joined by `/`. */
  readonly label?: string | undefined
  /** The source of a file, or with '' of the directory; default: its path as a `file:` reference. */
  readonly sourceOf?: ((path: string) => string) | undefined
  readonly statementOf?: StatementOf | undefined
  /** Whether a file, by its absolute path, describes models or states their digests, and is not part of one. */
  readonly isRecord?: ((absolute: string) => boolean) | undefined
  /** For a directory that consists of symbolic links: where they may lead. */
  readonly linksInto?: string | undefined
}

/** A directory whose models are looked for. */
export interface ModelDirectory extends DirectoryOptions {
  readonly directory: DirectoryListing
  readonly reader: StoreReader
}
