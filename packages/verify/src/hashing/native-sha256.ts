import { createHash, type Hash } from 'node:crypto'
import { parseSha256Digest, type Sha256Digest } from '@catalog/types'
import { assertBytes, createDigestTaken, type Sha256 } from './sha256.ts'

/** SHA-256 of node:crypto, which reaches the processor's SHA instructions. */
export function createNativeSha256(): Sha256 {
  return new NativeSha256()
}

class NativeSha256 implements Sha256 {
  readonly #hash: Hash = createHash('sha256')
  #isTaken = false

  update(bytes: Uint8Array): void {
    if (this.#isTaken) throw createDigestTaken()
    assertBytes(bytes, 'bytes')
    this.#hash.update(bytes)
  }

  digest(): Sha256Digest {
    if (this.#isTaken) throw createDigestTaken()
    this.#isTaken = true
    return parseSha256Digest(this.#hash.digest('hex'))
  }
}
