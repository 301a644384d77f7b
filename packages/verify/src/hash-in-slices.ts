import type { FileHandle } from 'node:fs/promises'
import type { ChunkDigests } from './chunk-digests.ts'
import type { HashedContent } from './hash-thread.ts'
import type { Sha256 } from './sha256.ts'

/** Small enough that hashing one takes about 2 ms in WebAssembly, so the event loop stays responsive. */
export const SLICE_BYTES: number = 256 * 1024

const PROGRESS_MS = 100
const SKIP_BYTES = 48

/** One open file to hash in the caller's thread. */
export interface SlicedReading {
  readonly handle: FileHandle
  readonly sizeBytes: number
  readonly sha256: Sha256
  readonly chunks?: ChunkDigests | undefined
  readonly signal: AbortSignal
  readonly onDoneBytes: (doneBytes: number) => void
}

/**
 * Hashes a file in the caller's thread, a slice at a time. Each read goes through libuv's threads, one slice ahead of
 * the hashing, and while it is away the event loop runs everything else. However it ends, no read is in flight.
 */
export async function hashInSlices(reading: SlicedReading): Promise<HashedContent> {
  const { sizeBytes, sha256, chunks, signal } = reading
  const length = Math.min(SLICE_BYTES, sizeBytes)
  const [first, second] = [createBuffer(length), createBuffer(length)]
  let doneBytes = 0
  let reportedAt = performance.now()
  let next = readSlice(reading, first, 0)
  try {
    for (let turn = 0; doneBytes < sizeBytes; turn++) {
      signal.throwIfAborted()
      const slice = await next
      if (slice.length === 0) break
      doneBytes += slice.length
      next = readSlice(reading, turn % 2 === 0 ? second : first, doneBytes)
      sha256.update(slice)
      chunks?.update(slice)
      if (performance.now() - reportedAt < PROGRESS_MS || doneBytes === sizeBytes) continue
      reportedAt = performance.now()
      reading.onDoneBytes(doneBytes)
    }
  } finally {
    await Promise.allSettled([next])
  }
  return { doneBytes, digest: sha256.digest(), chunks: chunks?.digests() }
}

/** Aligned to 64 bytes behind the allocator's header: to other addresses the kernel copies several times slower. */
function createBuffer(length: number): Uint8Array {
  return new Uint8Array(SKIP_BYTES + length).subarray(SKIP_BYTES)
}

/** Nothing, and without a call, at the end that the file should have. */
async function readSlice(
  { handle, sizeBytes }: SlicedReading,
  buffer: Uint8Array,
  position: number,
): Promise<Uint8Array> {
  const length = Math.min(buffer.length, sizeBytes - position)
  if (length === 0) return new Uint8Array(0)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
