import {
  type Content,
  type ContentDigest,
  type ContentOptions,
  digestContentWith,
  verifyContentWith,
} from './digest-content.ts'
import { createNativeSha256 } from './native-sha256.ts'

/**
 * The SHA-256 of a Blob, a Response or a stream, in the thread of the caller. For files of this machine use
 * `digestFile`. Rejects with INVALID_INPUT for what cannot be read or was read, and for a Response that is not ok; with
 * the signal's reason; and with the error of the content.
 */
export function digestContent(content: Content, options: ContentOptions = {}): Promise<ContentDigest> {
  return digestContentWith(createNativeSha256, content, options)
}

/** As {@link digestContent}; DIGEST_MISMATCH where the digest is not the expected one. */
export function verifyContent(
  content: Content,
  expected: string,
  options: ContentOptions = {},
): Promise<ContentDigest> {
  return verifyContentWith(createNativeSha256, content, expected, options)
}
