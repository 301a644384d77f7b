import {
  type Content,
  type ContentDigest,
  type ContentOptions,
  digestContentWith,
  verifyContentWith,
} from './digest-content.ts'
import { createSha256 } from './wasm-sha256.ts'

export { type CatalogError, isCatalogError, type Sha256Digest } from '@catalog/types'
export type { Content, ContentDigest, ContentOptions, ContentProgress } from './digest-content.ts'
export type { ResumableSha256, Sha256 } from './sha256.ts'
export { createSha256 }

/**
 * The SHA-256 of what a user has chosen or a server has sent, by hash-wasm, in the thread of the caller and in pieces of
 * some 2 ms. Rejects with INVALID_INPUT for what cannot be read or was read, and for a Response that is not ok; with
 * the signal's reason; and with the error of the content.
 */
export function digestContent(content: Content, options: ContentOptions = {}): Promise<ContentDigest> {
  return digestContentWith(createSha256, content, options)
}

/** As {@link digestContent}; DIGEST_MISMATCH where the digest is not the expected one. */
export function verifyContent(
  content: Content,
  expected: string,
  options: ContentOptions = {},
): Promise<ContentDigest> {
  return verifyContentWith(createSha256, content, expected, options)
}
