import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { errnoOf, isMissing, toDiskError } from '@catalog/system-calls'
import { createLinkedOut, isInside, type SymlinkPolicy } from './link-policy.ts'

/** The directories between a root and a path that was made from it, from above. */
export interface Way {
  readonly root: string
  readonly directories: readonly string[]
}

/** What a path is checked against. */
export interface Reach {
  readonly roots: readonly string[]
  readonly symlinks: SymlinkPolicy
  /** Undefined for a file in place elsewhere, which may be reached by any directories. */
  readonly way: Way | undefined
}

export function findWay(root: string, path: string): Way {
  const segments = relative(root, dirname(path))
    .split(sep)
    .filter((segment) => segment !== '')
  return { root, directories: segments.map((_, index) => join(root, ...segments.slice(0, index + 1))) }
}

/** As `locate` does, and at once: the real paths are asked for only if there is a link on the way. */
export function assertReachable(path: string, { roots, symlinks, way }: Reach): void {
  if (symlinks === 'anywhere') return
  if (way?.directories.some(isLink) === true) {
    assertInside(path, dirname(path), symlinks === 'inside' ? roots : [way.root])
  }
  // With `refuse` the code that opens the file refuses the link.
  if (symlinks === 'inside' && isLink(path)) assertInside(path, path, roots)
}

/** Whether a symbolic link is at the path. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  } catch (error) {
    if (isMissing(error)) return false
    throw toDiskError(error, 'lstat', path)
  }
}

function assertInside(path: string, linked: string, roots: readonly string[]): void {
  const target = findTarget(linked)
  if (target === undefined || roots.some((root) => isInside(findTarget(root), target))) return
  throw createLinkedOut(path)
}

/** The real path; undefined where a link leads nowhere: opening the file says what is wrong. */
export function findTarget(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (isMissing(error) || errnoOf(error) === 'ELOOP') return undefined
    throw toDiskError(error, 'resolve', path)
  }
}
