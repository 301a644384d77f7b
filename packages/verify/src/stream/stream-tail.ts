import type { StreamTail } from '@catalog/types'
import { createNativeSha256 } from '../hashing/native-sha256.ts'

/** How many bytes before a checkpoint are compared with the file before the checkpoint is believed. */
const TAIL_BYTES: number = 1024 * 1024

/** Remembers the last bytes of a stream, in a ring. */
export class TailRecorder {
  readonly #ring = new Uint8Array(TAIL_BYTES)
  #seenBytes = 0

  add(bytes: Uint8Array): void {
    const kept = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES))
    const start = (this.#seenBytes + bytes.length - kept.length) % TAIL_BYTES
    const untilWrap = kept.subarray(0, TAIL_BYTES - start)
    this.#ring.set(untilWrap, start)
    this.#ring.set(kept.subarray(untilWrap.length), 0)
    this.#seenBytes += bytes.length
  }

  describe(): StreamTail {
    const sizeBytes = Math.min(this.#seenBytes, TAIL_BYTES)
    const start = (this.#seenBytes - sizeBytes) % TAIL_BYTES
    const untilWrap = this.#ring.subarray(start, Math.min(start + sizeBytes, TAIL_BYTES))
    const sha256 = createNativeSha256()
    sha256.update(untilWrap)
    sha256.update(this.#ring.subarray(0, sizeBytes - untilWrap.length))
    return { sizeBytes, digest: sha256.digest() }
  }
}
