import type { Dirent, Stats } from 'node:fs'
import { CatalogError } from 'model-catalog'

/** NOT_A_REGULAR_FILE, with the same details as verification gives. */
export function createNotRegular(path: string, kind: string): CatalogError<'NOT_A_REGULAR_FILE'> {
  return new CatalogError('NOT_A_REGULAR_FILE', `${path} is not a regular file but a ${kind}`, { path, kind })
}

/** What is at a path, in a word. */
export function kindOf(entry: Stats | Dirent): string {
  if (entry.isSymbolicLink()) return 'symbolic link'
  if (entry.isDirectory()) return 'directory'
  if (entry.isFIFO()) return 'fifo'
  if (entry.isSocket()) return 'socket'
  return entry.isBlockDevice() ? 'block device' : 'character device'
}
