import type { FileHandle } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ChunkDigests } from '../chunks/chunk-digests.ts'
import type { Sha256 } from '../hashing/sha256.ts'
import type { HashedContent } from '../pool/hash-thread.ts'

/** Small enough that hashing one takes about 2 ms in WebAssembly, so the event loop stays responsive. */
export const SLICE_BYTES: number = 256 * 1024

/** A read has a price of its own, on this thread too. */
const READ_BYTES = 4 * SLICE_BYTES
/** Progress is reported no more often than this. */
export const PROGRESS_MS = 100
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
 * Hashes a file in the caller's thread, a slice at a time, and between two slices the event loop runs everything else.
 * Reads go through libuv's threads, one ahead of the hashing. However it ends, no read is in flight.
 */
export async function hashInSlices(reading: SlicedReading): Promise<HashedContent> {
  const { sizeBytes, sha256, chunks } = reading
  const length = Math.min(READ_BYTES, sizeBytes)
  const [first, second] = [createBuffer(length), createBuffer(length)]
  const state = { doneBytes: 0, reportedAt: performance.now() }
  let position = 0
  let next = read(reading, first, 0)
  try {
    for (let turn = 0; position < sizeBytes; turn++) {
      const bytes = await next
      if (bytes.length === 0) break
      position += bytes.length
      next = read(reading, turn % 2 === 0 ? second : first, position)
      // It is awaited in its turn; until then a failure must not count as unhandled.
      next.catch(() => undefined)
      await hashPiece(reading, bytes, state)
    }
  } finally {
    await Promise.allSettled([next])
  }
  return { doneBytes: position, digest: sha256.digest(), chunks: chunks?.digests() }
}

async function hashPiece(
  { sizeBytes, sha256, chunks, signal, onDoneBytes }: SlicedReading,
  bytes: Uint8Array,
  state: { doneBytes: number; reportedAt: number },
): Promise<void> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    if (start > 0) await nextTurn()
    signal.throwIfAborted()
    const slice = bytes.subarray(start, start + SLICE_BYTES)
    sha256.update(slice)
    chunks?.update(slice)
    state.doneBytes += slice.length
    if (performance.now() - state.reportedAt < PROGRESS_MS || state.doneBytes === sizeBytes) continue
    state.reportedAt = performance.now()
    onDoneBytes(state.doneBytes)
  }
}

/** Aligned to 64 bytes behind the allocator's header: to other addresses the kernel copies several times slower. */
function createBuffer(length: number): Uint8Array {
  return new Uint8Array(SKIP_BYTES + length).subarray(SKIP_BYTES)
}

/** Nothing, and without a call, at the end that the file should have. */
async function read(
  { handle, sizeBytes }: SlicedReading,
  buffer: Uint8Array,
  position: number,
): Promise<Uint8Array> {
  const length = Math.min(buffer.length, sizeBytes - position)
  if (length === 0) return new Uint8Array(0)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
