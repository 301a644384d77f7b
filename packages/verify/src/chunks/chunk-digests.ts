/** Room `chunks`: digests of 16 MiB chunks. */

import { createHash } from 'node:crypto'
import { parseSha256Digest, type Sha256Digest } from '@catalog/types'
import { CHUNK_BYTES } from './chunk-map.ts'

/** Digests the chunks of bytes that come in pieces of any length. */
export class ChunkDigests {
  readonly #digests: Sha256Digest[] = []
  #sha256 = createHash('sha256')
  #filled = 0

  update(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) {
      const piece = bytes.subarray(start, start + CHUNK_BYTES - this.#filled)
      this.#sha256.update(piece)
      this.#filled += piece.length
      start += piece.length
      if (this.#filled === CHUNK_BYTES) this.#endChunk()
    }
  }

  /** The digests of all chunks, the last one included however short it is. */
  digests(): readonly Sha256Digest[] {
    if (this.#filled > 0) this.#endChunk()
    return this.#digests
  }

  #endChunk(): void {
    this.#digests.push(parseSha256Digest(this.#sha256.digest('hex')))
    this.#sha256 = createHash('sha256')
    this.#filled = 0
  }
}
