import { join } from 'node:path'
import type { DirectoryListing } from '../disk/entries.ts'
import type { Findings } from './findings.ts'

/**
 * Tells each unfinished download of a directory once, however many files it consists of, unless the finished file
 * is there. The first group of the pattern is that one's name.
 */
export function tellPartials(directory: DirectoryListing, pattern: RegExp, findings: Findings): void {
  const told = new Set<string>()
  for (const { name } of directory.names) {
    const [, final] = pattern.exec(name) ?? []
    if (final === undefined || told.has(final) || directory.has(final)) continue
    told.add(final)
    findings.tell({ kind: 'incomplete', path: join(directory.path, name), text: 'is an unfinished download' })
  }
}
