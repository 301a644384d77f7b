import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  statfsSync,
} from 'node:fs'
import { errnoOf, findFileSystemType, isMissing } from '@catalog/system-calls'
import type { Volume } from '@catalog/types'
import { type AnchorContent, MAX_ANCHOR_BYTES, parseAnchor } from './anchor-form.ts'

/** An anchor whose content was read, and which file that was. */
export interface ReadAnchor {
  readonly stats: BigIntStats
  /** Undefined: the file is not an anchor of the volume that it is on. */
  readonly volume: Volume | undefined
}

// A FIFO in the place of an anchor must not be waited for.
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** What is at the path of an anchor, itself and not what it links to; undefined if nothing is. */
export function lookAtAnchor(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Whether two looks show one file that was not written between them. Its random mtime tells it from one of another
 * disk.
 */
export function isSameAnchor(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.mtimeNs === other.mtimeNs &&
    one.ino === other.ino &&
    one.dev === other.dev &&
    one.ctimeNs === other.ctimeNs &&
    one.size === other.size
  )
}

/**
 * Reads an anchor; undefined if nothing is there. It counts only if it is a regular file, and the very one that was made
 * as an anchor: a copy has another inode or birth time. Throws UNSUPPORTED_FORMAT, and errors as the system gives them.
 */
export function readAnchor(path: string): ReadAnchor | undefined {
  const stats = lookAtAnchor(path)
  if (stats === undefined) return undefined
  if (!stats.isFile()) return { stats, volume: undefined }
  const opened = openAnchor(path)
  if (opened === undefined) return { stats, volume: undefined }
  try {
    const before = fstatSync(opened, { bigint: true })
    const content = parseAnchor(readText(opened), path)
    const type = findFileSystemType(statfsSync(path).type)
    const after = lookAtAnchor(path)
    // It was replaced, or another disk was mounted over it, while it was read: the next look reads that.
    const isThere = after?.ino === before.ino && after.dev === before.dev
    if (!isThere || content === undefined || !isAnchorOf(content, before))
      return { stats: before, volume: undefined }
    const { name, isLocal } = type
    const hasBirthTime = content.birthtimeNs !== undefined
    // Its mtime was set to a time long ago, which ctime does not follow but if there is no ctime.
    const hasChangeTime = before.ctimeNs !== before.mtimeNs
    const kind = { type: name, isLocal, hasBirthTime, hasChangeTime }
    const volume = { id: content.id, dev: `${before.dev}`, anchor: path, ...kind }
    return { stats: before, volume: Object.freeze(volume) }
  } finally {
    closeSync(opened)
  }
}

/** Undefined if what was a regular file is a link, or gone, by now. */
function openAnchor(path: string): number | undefined {
  try {
    return openSync(path, READ_ONLY)
  } catch (error) {
    if (isMissing(error) || errnoOf(error) === 'ELOOP') return undefined
    throw error
  }
}

function readText(descriptor: number): string {
  const bytes = Buffer.alloc(MAX_ANCHOR_BYTES + 1)
  const length = readSync(descriptor, bytes, 0, bytes.length, 0)
  return length > MAX_ANCHOR_BYTES ? '' : bytes.toString('utf8', 0, length)
}

function isAnchorOf({ ino, birthtimeNs }: AnchorContent, stats: BigIntStats): boolean {
  return (
    stats.isFile() &&
    ino === `${stats.ino}` &&
    (birthtimeNs === undefined || birthtimeNs === `${stats.birthtimeNs}`)
  )
}
