import type { BigIntStats, Dirent, Stats } from 'node:fs'
import type { FileKind } from '@catalog/types'

/** What a `stat` or an entry of a directory shows. */
export function kindOf(shown: Stats | BigIntStats | Dirent): FileKind {
  if (shown.isFile()) return 'file'
  if (shown.isDirectory()) return 'directory'
  if (shown.isSymbolicLink()) return 'symbolic link'
  if (shown.isFIFO()) return 'fifo'
  if (shown.isSocket()) return 'socket'
  if (shown.isCharacterDevice()) return 'character device'
  return shown.isBlockDevice() ? 'block device' : 'file of an unknown kind'
}
