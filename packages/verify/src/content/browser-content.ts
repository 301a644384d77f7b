/** Room `content`: the digest of bytes in memory, in Node.js and a browser. */

import { createSha256 } from '../hashing/wasm-sha256.ts'
import {
  createDigestContent,
  createVerifyContent,
  type DigestContent,
  type VerifyContent,
} from './digest-content.ts'

/**
 * The SHA-256 of a Blob, a Response or a stream, by hash-wasm in pieces of some 2 ms: see {@link
 * DigestContent}.
 */
export const digestContent: DigestContent = /* @__PURE__ */ createDigestContent(createSha256)

/**
 * Reads a Blob, a Response or a stream, by hash-wasm in pieces of some 2 ms, and resolves only if its digest
 * is the expected one: see {@link VerifyContent}.
 */
export const verifyContent: VerifyContent = /* @__PURE__ */ createVerifyContent(createSha256)
