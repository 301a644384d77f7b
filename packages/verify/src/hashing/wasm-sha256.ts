/// <reference path="./hash-wasm-sha256.d.ts" />
import { createInvalidInput, parseSha256Digest, type Sha256Digest } from '@catalog/types'
import type { IHasher } from 'hash-wasm'
import { assertBytes, createDigestTaken, type ResumableSha256 } from './sha256.ts'

// A saved state: 4 bytes naming the build of hash-wasm, then its `struct sha256_ctx` in little-endian:
// the 64-byte block being filled, bytes so far (u64), eight hash words, digest length (u32), padding.
const BLOCK_OFFSET = 4
const BLOCK_BYTES = 64
const LENGTH_OFFSET = BLOCK_OFFSET + BLOCK_BYTES
const DIGEST_LENGTH_OFFSET = LENGTH_OFFSET + 8 + 32
const DIGEST_BYTES = 32

/** How long a saved state is. */
export const STATE_BYTES: number = DIGEST_LENGTH_OFFSET + 8

/**
 * SHA-256 (FIPS 180-4) in WebAssembly, for a state that is saved and loaded later, or if node:crypto is
 * missing. About a tenth of the native engine's speed. hash-wasm is loaded at the first call.
 */
export async function createSha256(): Promise<ResumableSha256> {
  const { createSHA256 } = await loadHashWasm()
  return new WasmSha256(await createSHA256())
}

class WasmSha256 implements ResumableSha256 {
  readonly #hasher: IHasher
  #isTaken = false

  constructor(hasher: IHasher) {
    this.#hasher = hasher
  }

  update(bytes: Uint8Array): void {
    if (this.#isTaken) throw createDigestTaken()
    assertBytes(bytes, 'bytes')
    this.#hasher.update(bytes)
  }

  digest(): Sha256Digest {
    if (this.#isTaken) throw createDigestTaken()
    this.#isTaken = true
    return parseSha256Digest(this.#hasher.digest())
  }

  save(): Uint8Array {
    if (this.#isTaken) throw createDigestTaken()
    return eraseStaleBytes(this.#hasher.save())
  }

  load(state: Uint8Array): void {
    assertBytes(state, 'state')
    try {
      assertSha256State(state)
      this.#hasher.load(state)
    } catch (cause) {
      throw createInvalidState(cause)
    }
    this.#isTaken = false
  }
}

/** How many bytes a saved state of `STATE_BYTES` stands for. */
export function countHashedBytes(state: Uint8Array): bigint {
  return viewOf(state).getBigUint64(LENGTH_OFFSET, true)
}

/** Past the bytes of the unfinished block lie bytes of the one before; they mean nothing and are the input's. */
function eraseStaleBytes(state: Uint8Array): Uint8Array {
  const unfinishedBytes = Number(countHashedBytes(state) % BigInt(BLOCK_BYTES))
  return state.fill(0, BLOCK_OFFSET + unfinishedBytes, LENGTH_OFFSET)
}

type HashWasm = Pick<typeof import('hash-wasm'), 'createSHA256'>

/**
 * Its file of SHA-256 alone: the whole of hash-wasm is ten times as large, and bundlers take all of it.
 * A bundler that splits its output gives a CommonJS module as a default export alone.
 */
async function loadHashWasm(): Promise<HashWasm> {
  const loaded: HashWasm & { readonly default?: HashWasm } = await import('hash-wasm/dist/sha256.umd.min.js')
  return loaded.createSHA256 === undefined && loaded.default !== undefined ? loaded.default : loaded
}

/** hash-wasm takes the state of a SHA-224 for one of SHA-256: same code, same prefix, another digest length. */
function assertSha256State(state: Uint8Array): void {
  if (viewOf(state).getUint32(DIGEST_LENGTH_OFFSET, true) === DIGEST_BYTES) return
  throw new Error('the state is not one of sha-256')
}

function viewOf(state: Uint8Array): DataView {
  return new DataView(state.buffer, state.byteOffset, state.byteLength)
}

function createInvalidState(cause: unknown): Error {
  const problem = 'must come from save() of the same build of hash-wasm'
  return Object.assign(createInvalidInput([{ field: 'state', problem }]), { cause })
}
