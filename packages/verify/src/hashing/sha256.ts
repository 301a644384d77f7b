import { CatalogError, createInvalidInput, type Sha256Digest } from '@catalog/types'

/** SHA-256 (FIPS 180-4) of bytes that come in pieces. Both engines implement it and give the same digest. */
export interface Sha256 {
  /** Adds bytes. INVALID_INPUT for anything but a Uint8Array, CLOSED after `digest()`. */
  update(bytes: Uint8Array): void
  /** The digest of all bytes added. It ends this instance: a later `update` or `digest` throws CLOSED. */
  digest(): Sha256Digest
}

/** A Sha256 whose state can be carried over a restart. */
export interface ResumableSha256 extends Sha256 {
  /**
   * The state so far, 116 bytes. It holds up to 63 bytes of the input in clear, so treat it as you treat
   * the input; and it has no checksum of its own: a flipped bit in it is accepted by `load` and gives a
   * wrong digest. Store it with a checksum and with the number of bytes it stands for. CLOSED after `digest()`.
   */
  save(): Uint8Array
  /**
   * Goes on from a saved state, forgetting what this instance held; allowed after `digest()` too.
   * INVALID_INPUT (`state`) for what is not the SHA-256 state of this build of hash-wasm: start over then.
   */
  load(state: Uint8Array): void
}

/** INVALID_INPUT unless the value is a Uint8Array. */
export function assertBytes(value: unknown, field: string): asserts value is Uint8Array {
  if (value instanceof Uint8Array) return
  throw createInvalidInput([{ field, problem: 'must be a Uint8Array' }])
}

/** What a Sha256 says when it is used after its digest was taken. */
export function createDigestTaken(): CatalogError<'CLOSED'> {
  return new CatalogError('CLOSED', 'the digest of this sha-256 was already taken', { what: 'sha256' })
}
