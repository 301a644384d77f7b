import { createInvalidInput } from '../error/catalog-error.ts'

declare const digestBrand: unique symbol

/** A SHA-256 digest (FIPS 180-4): 64 lower-case hexadecimal characters, without a prefix. */
export type Sha256Digest = string & { readonly [digestBrand]: 'Sha256Digest' }

// Without the u flag: with it `ſ` (U+017F) would count as an `s` in another case.
const DIGEST = /^(?:sha256[:-])?([0-9a-f]{64})$/i

/**
 * Parses a SHA-256 digest to its one spelling. Accepts upper case and a prefix, `sha256:` or `sha256-`.
 *
 * @param field the name that the problem begins with; default `digest`
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not a SHA-256 digest
 */
export function parseSha256Digest(value: unknown, field = 'digest'): Sha256Digest {
  const digest = normalizeDigest(value)
  if (digest === undefined) throw createInvalidInput([{ field, problem: describeDigestProblem(value) }])
  return digest
}

/** The digest in its one spelling; undefined for what is not one. */
export function normalizeDigest(value: unknown): Sha256Digest | undefined {
  const digest = typeof value === 'string' ? DIGEST.exec(value)?.[1] : undefined
  return digest?.toLowerCase() as Sha256Digest | undefined
}

/** What is wrong with what is not a digest, in words that follow its name. */
export function describeDigestProblem(value: unknown): string {
  const expected = 'must be a SHA-256 digest of 64 hexadecimal characters'
  if (typeof value !== 'string') return `${expected}, not a ${value === null ? 'null' : typeof value}`
  const algorithm = /^([A-Za-z0-9-]{1,32}):/u.exec(value)?.[1]
  if (algorithm !== undefined && algorithm.toLowerCase() !== 'sha256') return `${expected}, not ${algorithm}`
  return `${expected}, not ${value.length} characters of something else`
}
