import type { FileDigest, SeenFile, VerifyFileOptions } from '@catalog/types'
import { findFingerprintChanges } from '../file/fingerprint.ts'
import { createFileChanged } from '../file/unchanged-file.ts'
import { Pace } from './pace.ts'
import { ProgressSum } from './progress-sum.ts'

/**
 * How many files a verifier is asked for at a time: two for each thread of the largest one. Files that wait for a thread
 * are not open, so this bounds memory and not descriptors.
 */
const FILES_AT_A_TIME = 128

/** How a set of files is read. */
export interface SideBySideOptions<F extends SeenFile> extends VerifyFileOptions {
  readonly digest: (path: string, options: VerifyFileOptions) => Promise<FileDigest>
  /** Called with an error about one file; returns if the others shall be read on. Default: it ends all. */
  readonly onError?: (error: unknown, file: F) => Promise<void>
}

/**
 * The digests of files that are read side by side, in the order given; undefined for one that `onError` let pass. This is
 * the one reading of many files: a catalog reaches it through `digestFiles` of its verifier, `verifyManifest` calls it.
 * It belongs to the verifier because only that knows how many threads there are and which files are small.
 *
 * A file must be the one that was seen: FILE_CHANGED where inode, size or time of writing are others. A ctime that
 * changed before the reading began is none of its business: another name of the file, or a `chmod`.
 * However it ends, no file is open any more.
 */
export async function digestSideBySide<F extends SeenFile>(
  files: readonly F[],
  { digest, onError = rethrow, signal, onProgress, bytesPerSecond, ...how }: SideBySideOptions<F>,
): Promise<readonly (FileDigest | undefined)[]> {
  signal?.throwIfAborted()
  const cancel = new AbortController()
  const stopForwarding = forwardAbort(signal, cancel)
  const progress = new ProgressSum(sumBytes(files), onProgress)
  const pace = new Pace(bytesPerSecond)
  const found: (FileDigest | undefined)[] = files.map(() => undefined)
  const left = files.entries()
  const runLane = async (): Promise<void> => {
    for (const [index, file] of left) {
      if (cancel.signal.aborted) return
      try {
        await pace.wait(cancel.signal)
        const reading = { signal: cancel.signal, onProgress: progress.ofFile(), bytesPerSecond }
        const read = await digest(file.path, { ...how, ...reading })
        assertSeen(file, read)
        pace.add(read.sizeBytes)
        found[index] = read
      } catch (error) {
        await onError(error, file).catch((final: unknown) => cancel.abort(final))
      }
    }
  }
  try {
    progress.start()
    // At a given rate one after the other: two of them would have twice the rate.
    const lanes = bytesPerSecond === undefined ? Math.min(FILES_AT_A_TIME, files.length) : 1
    await Promise.all(Array.from({ length: lanes }, runLane))
    cancel.signal.throwIfAborted()
    progress.finish()
    cancel.signal.throwIfAborted()
    return found
  } finally {
    stopForwarding()
  }
}

/** Aborts the controller with the signal, until the function that is returned is called. */
function forwardAbort(signal: AbortSignal | undefined, cancel: AbortController): () => void {
  const forward = (): void => cancel.abort(signal?.reason)
  signal?.addEventListener('abort', forward, { once: true })
  return () => signal?.removeEventListener('abort', forward)
}

async function rethrow(error: unknown): Promise<void> {
  throw error
}

function assertSeen({ path, fingerprint }: SeenFile, read: FileDigest): void {
  const changed = findFingerprintChanges(fingerprint, read.fingerprint).filter((field) => field !== 'ctimeNs')
  if (changed.length > 0) throw createFileChanged(path, changed)
}

function sumBytes(files: readonly SeenFile[]): number {
  return files.reduce((sum, { fingerprint }) => sum + fingerprint.sizeBytes, 0)
}
