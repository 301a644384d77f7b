import { createNativeSha256 } from '../hashing/native-sha256.ts'
import {
  createDigestContent,
  createVerifyContent,
  type DigestContent,
  type VerifyContent,
} from './digest-content.ts'

/**
 * The SHA-256 of a Blob, a Response or a stream, by node:crypto: see {@link DigestContent}. For files on this
 * machine use `digestFile`.
 */
export const digestContent: DigestContent = /* @__PURE__ */ createDigestContent(createNativeSha256)

/**
 * Reads a Blob, a Response or a stream, by node:crypto, and resolves only if its digest is the expected one:
 * see {@link VerifyContent}.
 */
export const verifyContent: VerifyContent = /* @__PURE__ */ createVerifyContent(createNativeSha256)
