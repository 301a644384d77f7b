import { parseSha256Digest, type Sha256Digest } from '@catalog/types'

// Without the u flag: with it `ſ` (U+017F) would count as an `s` in another case.
const DIGEST = /^(sha256[:-])?[0-9a-f]{64}$/i
/** What may stand between `blobs` and the name of a blob: an algorithm, or the first digits of the digest. */
const BETWEEN = /^(?:sha256|[0-9a-f]{2})$/iu
/** Where ramalama keeps what it has from a source of which it hashes the name, not the bytes. */
const HASHED_NAMES =
  /(?:^|[\\/])store[\\/](?:file|https?|modelscope|ms|oci|rlcr|url)[\\/](?:.*[\\/])?blobs[\\/][^\\/]+$/u

/**
 * The SHA-256 digest that the name of a file states, as content-addressed stores name their blobs: `sha256-<hex>` and
 * `sha256:<hex>` anywhere, 64 hexadecimal digits below a directory `blobs`. Undefined for any other name, and for a blob
 * of ramalama `store/<source>/…/blobs/sha256-<hex>` whose digits are not a digest of the bytes.
 *
 * Sources: Ollama `blobs/sha256-<hex>`, the OCI image layout `blobs/sha256/<hex>`, the Hugging Face cache `blobs/<hex>`.
 */
export function digestStatedBy(path: string): Sha256Digest | undefined {
  const segments = path.split(/[\\/]/u)
  // Stryker disable next-line StringLiteral: only the types need this: a split string has a last part.
  const name = segments.pop() ?? ''
  const stated = DIGEST.exec(name)
  if (stated === null || HASHED_NAMES.test(path)) return undefined
  if (stated[1] !== undefined) return parseSha256Digest(name)
  // Stryker disable next-line StringLiteral: only the types need this: a text that is nothing is between nothing.
  while (BETWEEN.test(segments.at(-1) ?? '')) segments.pop()
  return segments.at(-1) === 'blobs' ? parseSha256Digest(name) : undefined
}
