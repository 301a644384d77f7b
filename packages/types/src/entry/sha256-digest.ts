import * as z from 'zod'
import { createInvalidInput } from '../error/catalog-error.ts'

declare const digestBrand: unique symbol

/** A SHA-256 digest (FIPS 180-4): 64 lower-case hexadecimal characters, without a prefix. */
export type Sha256Digest = string & { readonly [digestBrand]: 'Sha256Digest' }

// Without the u flag: with it `ſ` (U+017F) would count as an `s` in another case.
const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/i

/** Accepts upper case and a `sha256:` prefix; the result is bare and lower-case. */
export const sha256DigestSchema: z.ZodType<Sha256Digest, string> = z.string().transform((text, context) => {
  const digest = DIGEST.exec(text)?.[1]
  if (digest === undefined) {
    context.addIssue({ code: 'custom', message: describeProblem(text) })
    return z.NEVER
  }
  return digest.toLowerCase() as Sha256Digest
})

/** The digest in its one spelling, or INVALID_INPUT naming `field`. */
export function parseSha256Digest(value: unknown, field = 'digest'): Sha256Digest {
  const digest = typeof value === 'string' ? DIGEST.exec(value)?.[1] : undefined
  if (digest === undefined) throw createInvalidInput([{ field, problem: describeProblem(value) }])
  return digest.toLowerCase() as Sha256Digest
}

function describeProblem(value: unknown): string {
  const expected = 'must be a SHA-256 digest of 64 hexadecimal characters'
  if (typeof value !== 'string') return `${expected}, not a ${value === null ? 'null' : typeof value}`
  const algorithm = /^([A-Za-z0-9-]{1,32}):/u.exec(value)?.[1]
  if (algorithm !== undefined && algorithm.toLowerCase() !== 'sha256') return `${expected}, not ${algorithm}`
  return `${expected}, not ${value.length} characters of something else`
}
