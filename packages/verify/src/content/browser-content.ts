/** Room `content`: the digest of bytes in memory, in Node.js and a browser. */

import { createSha256 } from '../hashing/wasm-sha256.ts'
import {
  createDigestContent,
  createVerifyContent,
  type DigestContent,
  type VerifyContent,
} from './digest-content.ts'

/** As {@link DigestContent} says, by hash-wasm in pieces of some 2 ms. */
export const digestContent: DigestContent = /* @__PURE__ */ createDigestContent(createSha256)

/** As {@link VerifyContent} says, by hash-wasm in pieces of some 2 ms. */
export const verifyContent: VerifyContent = /* @__PURE__ */ createVerifyContent(createSha256)
