import type { FileHandle } from 'node:fs/promises'
import type { HashedContent } from './hash-thread.ts'
import type { Sha256 } from './sha256.ts'

/** Small enough that hashing one takes about 2 ms in WebAssembly, so the event loop stays responsive. */
export const SLICE_BYTES: number = 256 * 1024

const PROGRESS_MS = 100

/** One open file to hash in the caller's thread. */
export interface SlicedReading {
  readonly handle: FileHandle
  readonly sizeBytes: number
  readonly sha256: Sha256
  readonly signal: AbortSignal
  readonly onDoneBytes: (doneBytes: number) => void
}

/**
 * Hashes a file in the caller's thread, a slice at a time. Each read goes through libuv's threads, and while
 * it is away the event loop runs everything else.
 */
export async function hashInSlices(reading: SlicedReading): Promise<HashedContent> {
  const { handle, sizeBytes, sha256, signal } = reading
  const buffer = new Uint8Array(Math.min(SLICE_BYTES, sizeBytes))
  let doneBytes = 0
  let reportedAt = performance.now()
  while (doneBytes < sizeBytes) {
    signal.throwIfAborted()
    const length = Math.min(buffer.length, sizeBytes - doneBytes)
    const { bytesRead } = await handle.read(buffer, 0, length, doneBytes)
    if (bytesRead === 0) break
    sha256.update(buffer.subarray(0, bytesRead))
    doneBytes += bytesRead
    if (performance.now() - reportedAt < PROGRESS_MS || doneBytes === sizeBytes) continue
    reportedAt = performance.now()
    reading.onDoneBytes(doneBytes)
  }
  return { doneBytes, digest: sha256.digest() }
}
