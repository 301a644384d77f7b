/** Room `entry`: a model's entry and its parts. */

/**
 * Who declared a digest. `caller`: the program that registered or updated the model. `hub`, `registry`: the service
 * that the model comes from. `list`: a checksum list. `name`: the name of the file, as in content-addressed stores.
 * `signature`: a signed statement. `computed`: no one; the first verification recorded the digest that it found.
 */
export const DIGEST_ORIGINS = ['caller', 'hub', 'registry', 'list', 'name', 'signature', 'computed'] as const

/** Where the expected digest came from: one of `DIGEST_ORIGINS`. */
export type DigestOrigin = (typeof DIGEST_ORIGINS)[number]

/** The origin of a digest that was declared. */
export type DeclaredOrigin = Exclude<DigestOrigin, 'computed'>

/** Whether a word is an origin of a declared digest. */
export function isDeclaredOrigin(word: unknown): word is DeclaredOrigin {
  return word !== 'computed' && DIGEST_ORIGINS.some((origin) => origin === word)
}
