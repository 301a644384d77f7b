import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isMissing, toDiskError } from '@catalog/system-calls'
import { createInvalidInput } from '@catalog/types'
import { digestFile } from 'model-catalog'
import type { LayoutPlan, PlannedName } from './layout-plan.ts'

/**
 * Whether a directory is free for a plan, or has just what it plans. INVALID_INPUT if it has anything else. A file that
 * is not a link is read, to know that it has the right bytes.
 */
export async function compareDirectory(
  directory: string,
  { names }: LayoutPlan,
  signal: AbortSignal | undefined,
): Promise<'free' | 'same'> {
  const found = await listNames(directory)
  if (found.length === 0) return 'free'
  const planned = new Map(names.map((name) => [name.path, name]))
  for (const path of found) {
    const name = planned.get(path)
    if (name === undefined || !(await isSame(join(directory, path), name, signal))) {
      throw createNotEmpty(directory, path)
    }
    planned.delete(path)
  }
  for (const path of planned.keys()) throw createNotEmpty(directory, `${found[0]}, and no ${path}`)
  return 'same'
}

function createNotEmpty(directory: string, what: string): Error {
  return createInvalidInput([{ field: 'directory', problem: `${directory} is not empty: it has ${what}` }])
}

/** Everything below that is not a directory; an empty directory counts too. */
async function listNames(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => !entry.isDirectory())
    const paths = (files.length === 0 ? entries : files).map(({ parentPath, name }) => join(parentPath, name))
    return paths.map((path) => relative(directory, path).split(sep).join('/')).sort()
  } catch (error) {
    if (isMissing(error) && (await isNothing(directory))) return []
    throw toDiskError(error, 'read', directory)
  }
}

async function isNothing(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return false
  } catch (error) {
    return isMissing(error)
  }
}

async function isSame(path: string, name: PlannedName, signal: AbortSignal | undefined): Promise<boolean> {
  const stats = await lstat(path)
  if ('link' in name) return stats.isSymbolicLink() && (await readlink(path)) === name.link
  if ('text' in name) {
    return (
      stats.isFile() &&
      stats.size === Buffer.byteLength(name.text) &&
      (await readFile(path, 'utf8')) === name.text
    )
  }
  const { file } = name
  if (stats.isSymbolicLink()) return (await readlink(path)) === (await realpath(file.path))
  if (!stats.isFile() || stats.size !== file.sizeBytes) return false
  return (await digestFile(path, { signal })).digest === file.digest
}
