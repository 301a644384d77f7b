import { join } from 'node:path'
import type { ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { type DigestList, readChecksumLists } from './checksum-list.ts'
import { findLocalDirectory, type LocalDirectory } from './huggingface-local.ts'
import { readSignatures } from './signatures.ts'
import type { Statement } from './statement.ts'

/** What is stated of the files of a directory by records in it and above it. */
export interface Statements {
  /** The nearest first. */
  readonly lists: readonly DigestList[]
  /** The directory that a hub's client downloaded to. */
  readonly local?: LocalDirectory | undefined
}

export const NO_STATEMENTS: Statements = { lists: [] }

/** The statements of a directory and those from above, and what is wrong with its lists. */
export async function readStatements(
  directory: DirectoryListing,
  reader: StoreReader,
  { above, layout }: { readonly above: Statements; readonly layout: LayoutName },
): Promise<{ readonly statements: Statements; readonly items: readonly ScanItem[] }> {
  const checksums = await readChecksumLists(directory, reader, layout)
  const signatures = await readSignatures(directory, reader, layout)
  const local = await findLocalDirectory(directory, reader)
  const statements = {
    lists: [...checksums.lists, ...signatures.lists, ...above.lists],
    local: local ?? above.local,
  }
  return {
    statements,
    items: [...checksums.items, ...signatures.items, ...((await local?.problems()) ?? [])],
  }
}

/** What is stated of one file: by the hub's client, else by the nearest list that names it. */
export async function stateOf(
  { lists, local }: Statements,
  directory: DirectoryListing,
  { path, found }: { readonly path: string; readonly found: FoundEntry },
): Promise<Statement> {
  const absolute = join(directory.path, path)
  const recorded = (await local?.stateOf(absolute, found)) ?? {}
  const listed = lists.map((list) => list.stateOf(absolute, found))
  return {
    ...recorded,
    declared: recorded.declared ?? listed.find(({ declared }) => declared !== undefined)?.declared,
    problem: recorded.problem ?? listed.find(({ problem }) => problem !== undefined)?.problem,
  }
}
