import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Reading, TargetFile } from '../entry/reading.ts'
import { assertStillCurrent, createSuperseded } from '../verify/still-current.ts'
import type { VerificationAttempt } from '../verify/verification-attempt.ts'
import type { VerificationTarget } from '../verify/verification-target.ts'
import type { DirectoryMove } from './collecting-directory.ts'
import { attributionOf, type HolderRequest, heldDownload } from './download-holder.ts'

/** A download that is being finished: its files, and the entry as it was when that began. */
export interface FinishedDownload extends HolderRequest {
  readonly target: VerificationTarget
  /** By which all files get their names, once they were read; absent if each gets its own before that. */
  readonly move?: DirectoryMove | undefined
  readonly attempt: VerificationAttempt
}

/** Who finishes the download, without its files. */
export function holderOf(finished: FinishedDownload): HolderRequest {
  const { id, holder, forMs } = finished
  return { id, holder, forMs, ...attributionOf(finished) }
}

/** The same download, with each file at its own name. */
export function atPlaces(finished: FinishedDownload): FinishedDownload {
  const { target } = finished
  return {
    ...finished,
    target: { ...target, files: target.files.map((file) => ({ ...file, path: file.place })) },
  }
}

/** What was read, by the names that the files have since the directory that they are in got its own. */
export function afterMove({ move }: FinishedDownload, reading: Reading): Reading {
  // Stryker disable next-line ConditionalExpression: only the types need this: it is called for what is moved.
  if (move === undefined) return reading
  const toMoved = (path: string): string => `${move.to}${path.slice(move.from.length)}`
  const files = reading.files.map((file) => ({
    ...file,
    path: toMoved(file.path),
    place: toMoved(file.place),
  }))
  return { ...reading, files }
}

/**
 * The same download, as its entry is by now, if that only gained digests and sizes that it lacked, as when another node
 * verified the same files. For what was not read yet: a reading counts by the rule of `assertStillCurrent`.
 */
export function withCompleted(finished: FinishedDownload, now: ModelEntry): FinishedDownload {
  const { target } = finished
  const { download } = target.entry
  // Stryker disable next-line ConditionalExpression: only the types need this: the target has a download.
  if (download === undefined || !isCompleted(target.entry, now)) return finished
  return { ...finished, target: { ...target, entry: { ...now, download } } }
}

function isCompleted(before: ModelEntry, now: ModelEntry): boolean {
  const same = ['registeredAt', 'source', 'sizeBytes', 'file', 'location', 'linksInto'] as const
  if (same.some((field) => before[field] !== now[field])) return false
  if (before.digest !== null && before.digest !== now.digest) return false
  const { files: known = [] } = before
  const { files = [] } = now
  return (
    files.length === known.length &&
    known.every(({ path, digest, sizeBytes }, index) => {
      const file = files[index]
      // Stryker disable next-line OptionalChaining: both have as many files.
      if (file?.path !== path) return false
      return (digest ?? file.digest) === file.digest && (sizeBytes ?? file.sizeBytes) === file.sizeBytes
    })
  )
}

/** Whether a file is still under the name of its partial file. */
export function isPartial({ path, place }: TargetFile): boolean {
  return path !== place
}

/**
 * DOWNLOAD_ENDED if the download is no longer the holder's; CONFLICT if the entry came to mean other bytes while they
 * were read, by the rule that holds for every reading.
 */
export async function assertStillFinishing(
  context: CatalogContext,
  { holder, target }: FinishedDownload,
  now: ModelEntry,
  reading: Reading,
): Promise<void> {
  const { startedAt } = heldDownload(context, now, holder)
  // Stryker disable next-line OptionalChaining: only the types need this: the target has a download.
  if (startedAt !== target.entry.download?.startedAt) throw createSuperseded(target, now)
  await assertStillCurrent(context, target, now, reading)
}
