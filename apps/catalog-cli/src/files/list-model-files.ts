import type { Dirent, Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { CatalogError, type ModelFileInput } from 'model-catalog'
import { CliError } from '../problem/cli-errors.ts'
import type { LinkOptions } from './link-options.ts'
import { assertLinkAllowed } from './linked-file.ts'
import { createNotRegular, kindOf } from './not-regular.ts'
import { findSkipReason } from './skipped-names.ts'

/** A directory beyond these limits is not a model, but a home directory or a loop of links. */
const MAX_FILES = 10_000
const MAX_DEPTH = 32

export interface ModelFileList {
  readonly files: readonly ModelFileInput[]
  /** What is in the directory and no part of the model: the path, and why in a word. */
  readonly skipped: readonly string[]
}

/** What one walk works with and gathers. */
interface Walk extends LinkOptions {
  readonly top: string
  readonly files: string[]
  readonly skipped: string[]
}

/**
 * The files of a model's directory and of those below it: all of them, or none. Links are followed if the policy lets
 * them be, and refused else; hidden, temporary and operating-system files are skipped and told.
 * NOT_A_REGULAR_FILE for a link that is not followed or leads nowhere, a FIFO and the like; INVALID_INPUT beyond 10,000 files or
 * 32 directories below each other.
 */
export async function listModelFiles(directory: string, options: LinkOptions): Promise<ModelFileList> {
  const walk: Walk = { ...options, top: directory, files: [], skipped: [] }
  await walkDirectory(walk, [])
  if (walk.files.length === 0) throw new CliError('USAGE', `there are no files in ${directory}`)
  return { files: walk.files.sort().map((path) => ({ path })), skipped: walk.skipped.sort() }
}

/** `segments` lead from the top to the directory. */
async function walkDirectory(walk: Walk, segments: readonly string[]): Promise<void> {
  const directory = join(walk.top, ...segments)
  if (segments.length > MAX_DEPTH)
    throw createTooLarge(walk, `directories nested deeper than ${MAX_DEPTH} levels`)
  const entries = await readdir(directory, { withFileTypes: true })
  if (entries.some(({ name }) => name === '.catalog')) {
    throw new CliError('USAGE', `${directory} has a catalog of its own: its models are registered there`)
  }
  for (const entry of entries) await walkEntry(walk, entry, [...segments, entry.name])
}

async function walkEntry(walk: Walk, entry: Dirent, segments: readonly string[]): Promise<void> {
  const reason = findSkipReason(entry.name)
  if (reason !== undefined) {
    walk.skipped.push(`${segments.join('/')} (${reason})`)
    return
  }
  const path = join(walk.top, ...segments)
  const found = entry.isSymbolicLink() ? await followLink(walk, path) : entry
  if (found.isDirectory()) return await walkDirectory(walk, segments)
  if (!found.isFile()) throw createNotRegular(path, kindOf(found))
  walk.files.push(segments.join('/'))
  if (walk.files.length > MAX_FILES) throw createTooLarge(walk, `more than ${MAX_FILES} files`)
}

async function followLink(walk: Walk, path: string): Promise<Stats> {
  await assertLinkAllowed(path, walk)
  const found = await stat(path)
  // A link to where it is reached from would be walked for ever.
  if (found.isDirectory() && `${path}${sep}`.startsWith(`${await realpath(path)}${sep}`)) {
    throw createNotRegular(path, 'symbolic link to a directory that it is in')
  }
  return found
}

function createTooLarge({ top }: Walk, what: string): CatalogError<'INVALID_INPUT'> {
  const problem = `must be those of one model: ${top} has ${what}`
  return new CatalogError('INVALID_INPUT', `files ${problem}`, { problems: [{ field: 'files', problem }] })
}
