import { findFingerprintChanges } from '@catalog/system-calls'
import type { FileDigest, SeenFile, VerifyFileOptions } from '@catalog/types'
import { createFileChanged } from '../file/unchanged-file.ts'
import { Pace } from './pace.ts'
import { ProgressSum } from './progress-sum.ts'

/**
 * How many files a verifier is asked for at a time: two for each thread of the largest one. Files that wait for a thread
 * are not open, so this bounds memory and not descriptors.
 */
const FILES_AT_A_TIME = 128

/** How a set of files is read. */
interface SideBySideOptions<F extends SeenFile> extends VerifyFileOptions {
  readonly digest: (path: string, options: VerifyFileOptions) => Promise<FileDigest>
  /** Called with an error about one file; returns if the others shall be read on. Default: it ends all. */
  readonly onError?: (error: unknown, file: F) => Promise<void>
}

/**
 * Digests files side by side, in the order given; undefined for a file that `onError` let pass. All readings of many files
 * come here: a catalog's through `digestFiles` of its verifier, and `verifyManifest`. It is part of the verifier and not of
 * core, which it serves through the port, because only a verifier knows its threads and which files are small.
 *
 * A file must still be the one that was looked at: FILE_CHANGED if its inode, size or mtime is another. Its ctime may have
 * changed before the reading began: a new name or a `chmod` does not change the bytes. However it ends, all files are closed.
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
