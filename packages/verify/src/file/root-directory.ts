import { lstat, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { isMissing, toFileError, toFingerprint, withFileErrors } from '@catalog/system-calls'
import { createInvalidInput, type Fingerprint, isCatalogError } from '@catalog/types'
import { parsePath } from './parse-path.ts'
import { statRegularFile, toSizeBytes } from './regular-file.ts'

/** Where a path below a root leads: to a regular file inside it, or why not. */
export type Located =
  | { readonly kind: 'file'; readonly target: string; readonly fingerprint: Fingerprint }
  | Unlocated

/** Why there is no regular file at a path below a root. */
export type Unlocated =
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-regular'; readonly fileKind: string }
  | { readonly kind: 'outside-root'; readonly target: string }

const LINK_TO_NOWHERE: Unlocated = { kind: 'not-regular', fileKind: 'symbolic link that leads nowhere' }

/** The directory without links on the way to it. INVALID_INPUT if it is not a directory, FILE_MISSING, IO. */
export async function resolveRoot(root: unknown): Promise<string> {
  const path = parsePath(root)
  const real = await withFileErrors('realpath', path, () => realpath(path))
  const stats = await withFileErrors('stat', path, () => stat(real))
  if (stats.isDirectory()) return real
  throw createInvalidInput([{ field: 'root', problem: 'must be a directory' }])
}

/** Follows all links on the way to a file below a resolved root, and says where they lead. IO. */
export async function locateFile(
  root: string,
  path: string,
  symlinks: 'inside' | 'anywhere' = 'inside',
): Promise<Located> {
  const name = join(root, path)
  try {
    const target = await withFileErrors('realpath', name, () => realpath(name))
    if (symlinks === 'inside' && !isInside(root, target)) return { kind: 'outside-root', target }
    const stats = await statRegularFile(target, false)
    toSizeBytes(stats, target)
    return { kind: 'file', target, fingerprint: toFingerprint(stats) }
  } catch (error) {
    const unlocated = await explainUnlocated(error, name)
    if (unlocated === undefined) throw error
    return unlocated
  }
}

/** Why a file could not be read, where that is a fact about the file; undefined for all that went wrong. */
export async function explainUnlocated(error: unknown, name: string): Promise<Unlocated | undefined> {
  if (isCatalogError(error, 'NOT_A_REGULAR_FILE')) {
    return { kind: 'not-regular', fileKind: error.details.kind }
  }
  if (isCatalogError(error, 'FILE_MISSING')) {
    return (await isLink(name)) ? LINK_TO_NOWHERE : { kind: 'missing' }
  }
  return isCatalogError(error, 'IO') && error.details.errno === 'ELOOP' ? LINK_TO_NOWHERE : undefined
}

async function isLink(name: string): Promise<boolean> {
  try {
    return (await lstat(name)).isSymbolicLink()
  } catch (error) {
    if (isMissing(error)) return false
    throw toFileError(error, 'lstat', name)
  }
}

function isInside(root: string, target: string): boolean {
  return target.startsWith(root.endsWith(sep) ? root : root + sep)
}
