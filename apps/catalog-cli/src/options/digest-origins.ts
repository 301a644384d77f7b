import { InvalidArgumentError } from 'commander'
import type { DeclaredOrigin, DigestOrigin } from 'model-catalog'

// Written out: help does not wait for the library. The compiler compares the words with those of the library.
const ORIGINS = {
  caller: true,
  hub: true,
  registry: true,
  list: true,
  name: true,
  signature: true,
  computed: true,
} as const satisfies Readonly<Record<DigestOrigin, true>>

const { computed: _computed, ...DECLARED } = ORIGINS

/** The words of `--digest-origin`, for help. */
export const DECLARED_ORIGINS: string = Object.keys(DECLARED).join(', ')
/** The words of the policy `require-digest-origin`, for help. */
export const DIGEST_ORIGINS: string = Object.keys(ORIGINS).join(', ')

/** Who declared a digest, as commander parses an option. */
export function parseDeclaredOrigin(text: string): DeclaredOrigin {
  if (isKeyOf(DECLARED, text)) return text
  throw new InvalidArgumentError(`It must be one of ${DECLARED_ORIGINS}.`)
}

/** Origins with commas between them; undefined if one is not known. */
export function findDigestOrigins(text: string): readonly DigestOrigin[] | undefined {
  const words = text.split(',')
  const origins = words.filter((word) => isKeyOf(ORIGINS, word))
  return origins.length === words.length ? origins : undefined
}

function isKeyOf<T extends object>(record: T, text: string): text is keyof T & string {
  return Object.hasOwn(record, text)
}
