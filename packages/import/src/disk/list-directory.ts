import { isUtf8 } from 'node:buffer'
import { readdir } from 'node:fs/promises'
import { UnusableError } from '../candidate/scan-problem.ts'
import { type DirectoryListing, kindOf, type ListedName } from './entries.ts'
import { attempt } from './system-errors.ts'

/** The most names of one directory. */
const MAX_NAMES = 1_000_000

/** The names in a directory. UnusableError if it cannot be read. */
export async function listDirectory(path: string): Promise<DirectoryListing> {
  const entries = await attempt(path, () => readdir(path, { withFileTypes: true, encoding: 'buffer' }))
  if (entries.length > MAX_NAMES) {
    throw new UnusableError('too-many', path, `has ${entries.length} names, and ${MAX_NAMES} is the limit`)
  }
  const names: ListedName[] = []
  for (const entry of entries) {
    if (isUtf8(entry.name)) names.push({ name: entry.name.toString(), kind: kindOf(entry) })
  }
  names.sort((a, b) => (a.name < b.name ? -1 : 1))
  const kinds = new Map(names.map(({ name, kind }) => [name, kind]))
  return {
    path,
    names,
    undecodable: entries.length - names.length,
    has: (name, kind) => kinds.has(name) && (kind === undefined || kinds.get(name) === kind),
  }
}
