import { CatalogError, createInvalidInput, type Sha256Digest } from '@catalog/types'

/** SHA-256 (FIPS 180-4) of bytes in pieces. Both engines give the same digest. */
export interface Sha256 {
  /**
   * Adds bytes.
   *
   * @throws {CatalogError} INVALID_INPUT if the argument is not a Uint8Array
   * @throws {CatalogError} CLOSED if `digest()` was called
   */
  update(bytes: Uint8Array): void
  /**
   * The digest of all bytes added. May be called once.
   *
   * @throws {CatalogError} CLOSED if `digest()` was called before
   */
  digest(): Sha256Digest
}

/** A SHA-256 whose state can be saved and loaded after a restart. */
export interface ResumableSha256 extends Sha256 {
  /**
   * The present state, 116 bytes. It holds up to 63 bytes of the input in clear, so protect it as you protect
   * the input. It has no checksum: `load` accepts a state with a flipped bit and then gives a wrong digest.
   * Store it with a checksum and with the number of bytes hashed.
   *
   * @throws {CatalogError} CLOSED if `digest()` was called
   */
  save(): Uint8Array
  /**
   * Continues from a saved state and forgets the present one; allowed after `digest()` too.
   *
   * @throws {CatalogError} INVALID_INPUT if it is not a SHA-256 state of this build of hash-wasm: start over
   *   then
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
