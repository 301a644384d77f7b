import { isDeepStrictEqual } from 'node:util'
import type { Fingerprint } from '@catalog/types'
import type { FileNames } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { removeIfPresent } from './new-file.ts'
import { readFileIfPresent } from './read-file.ts'
import { formatLine, parseLine } from './record.ts'

/** A smaller view is read faster than it is looked up. */
const LEAST_BYTES = 256 << 10
const MAX_BYTES = 4096

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
  // It only saves time later on: that is no reason to fail.
  await remember(disk, names, temporary, { revision, fingerprint: written }).catch(() => undefined)
}

/** The revision of the view, where it is known to stand as it was written; undefined where only reading it tells. */
export async function recallView(disk: FileSystem, names: FileNames): Promise<number | undefined> {
  const present = await disk.fingerprintOf?.(names.view)
  if (present === undefined || present.sizeBytes < LEAST_BYTES) return undefined
  const known = await readKnownView(disk, names)
  return isDeepStrictEqual(known?.fingerprint, present) ? known?.revision : undefined
}

/**
 * Not synced: after a power cut it may be gone, or be no line of ours. Nothing is remembered of a view that was renamed
 * within the same tick of the disk's clock in which it was written: an edit in that tick would not show.
 */
async function remember(
  disk: FileSystem,
  names: FileNames,
  temporary: string,
  { revision, fingerprint: written }: KnownView,
): Promise<void> {
  const fingerprint = await disk.fingerprintOf?.(names.view)
  // Renaming sets `ctimeNs` and nothing else: whatever differs besides, somebody else was there already.
  const isOurs = isDeepStrictEqual({ ...fingerprint, ctimeNs: '' }, { ...written, ctimeNs: '' })
  if (fingerprint === undefined || !isOurs || fingerprint.ctimeNs === fingerprint.mtimeNs) return
  const line = formatLine(JSON.stringify({ revision, fingerprint } satisfies KnownView))
  try {
    const file = await disk.open(temporary, 'create-new')
    try {
      await file.append(Buffer.from(line))
    } finally {
      await file.close()
    }
    await disk.rename(temporary, names.knownView)
  } catch {
    await removeIfPresent(disk, temporary)
  }
}

/** Whatever else stands there, or cannot be read, says nothing. */
async function readKnownView(disk: FileSystem, names: FileNames): Promise<KnownView | undefined> {
  const bytes = await readFileIfPresent(disk, names.knownView, MAX_BYTES).catch(() => undefined)
  return bytes === undefined ? undefined : (parseLine(bytes.subarray(0, -1)) as KnownView | undefined)
}
