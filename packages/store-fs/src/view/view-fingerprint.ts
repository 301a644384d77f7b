import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Fingerprint } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { removeIfPresent } from '../disk/new-file.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import type { FileNames } from '../format/file-names.ts'
import { isCount, isObject } from '../format/json.ts'
import { formatLine, parseLine } from '../format/record.ts'

/** A smaller view is read faster than it is looked up. */
const LEAST_BYTES = 256 << 10
const MAX_BYTES = 4096
/** Longer than a tick of the clock of any file system: that of FAT takes two seconds. */
const LEAST_AGE_MS = 4000

/** What `.catalog/view` says: the view that is this file shows the state at this revision. */
interface KnownView {
  readonly revision: number
  readonly fingerprint: Fingerprint
}

/**
 * Puts a new view, written and synced, in the place of the old one, and remembers which file it is. That is a hint:
 * where it is missing, or belongs to another file, the view is read to see whether it was edited.
 */
export async function replaceView(
  disk: FileSystem,
  names: FileNames,
  temporary: string,
  revision: number,
): Promise<void> {
  const written = await disk.fingerprintOf?.(temporary)
  await disk.rename(temporary, names.view)
  if (written === undefined || written.sizeBytes < LEAST_BYTES) return
  const fingerprint = await disk.fingerprintOf?.(names.view)
  // Renaming sets `ctimeNs` and nothing else: if more differs, another process changed the file.
  const isOurs = isDeepStrictEqual({ ...fingerprint, ctimeNs: '' }, { ...written, ctimeNs: '' })
  // An edit in the tick of the disk's clock in which the view was written would not show.
  if (fingerprint === undefined || !isOurs || fingerprint.ctimeNs === fingerprint.mtimeNs) return
  await remember(disk, names, temporary, { revision, fingerprint })
}

/**
 * Remembers a view that was read and found as it was written: one that was restored, or copied. `before` is what stood
 * there before it was opened.
 */
export async function rememberRead(
  disk: FileSystem,
  names: FileNames,
  revision: number,
  before: Fingerprint | undefined,
): Promise<void> {
  if (before === undefined || before.sizeBytes < LEAST_BYTES) return
  // What was changed this long ago cannot be changed again within the same tick.
  if ((await disk.ageMs(names.view)) < LEAST_AGE_MS) return
  await remember(disk, names, names.temporary('known-view', randomUUID()), { revision, fingerprint: before })
}

/** The revision of the view, where it is known to stand as it was written; undefined where only reading it tells. */
export async function recallView(disk: FileSystem, names: FileNames): Promise<number | undefined> {
  const present = await disk.fingerprintOf?.(names.view)
  if (present === undefined || present.sizeBytes < LEAST_BYTES) return undefined
  const known = await readKnownView(disk, names)
  return isDeepStrictEqual(known?.fingerprint, present) ? known?.revision : undefined
}

/**
 * Not synced: after a power cut it may be gone, or not be a line of ours. It only saves time later on, so that a
 * failure is none of the caller's.
 */
async function remember(
  disk: FileSystem,
  names: FileNames,
  temporary: string,
  known: KnownView,
): Promise<void> {
  try {
    const file = await disk.open(temporary, 'create-new')
    try {
      await file.append(Buffer.from(formatLine(JSON.stringify(known))))
    } finally {
      await file.close()
    }
    await disk.rename(temporary, names.knownView)
  } catch {
    await removeIfPresent(disk, temporary).catch(() => undefined)
  }
}

/** Any other content, or a file that cannot be read, says nothing. */
async function readKnownView(disk: FileSystem, names: FileNames): Promise<KnownView | undefined> {
  try {
    const bytes = await readFileIfPresent(disk, names.knownView, MAX_BYTES)
    const known = bytes === undefined ? undefined : parseLine(bytes.subarray(0, -1))
    return isKnownView(known) ? known : undefined
  } catch {
    return undefined
  }
}

/** The fingerprint is compared with the one of the file, all of it. */
function isKnownView(known: unknown): known is KnownView {
  return isObject(known) && isCount(known['revision'], 0) && isObject(known['fingerprint'])
}
