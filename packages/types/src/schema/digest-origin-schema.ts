import * as z from 'zod'
import {
  type DeclaredOrigin,
  DIGEST_ORIGINS,
  type DigestOrigin,
  isDeclaredOrigin,
} from '../entry/digest-origin.ts'

const DECLARED_ORIGINS: readonly DeclaredOrigin[] = DIGEST_ORIGINS.filter(isDeclaredOrigin)

/** Who declared a digest. */
export const declaredOriginSchema: z.ZodType<DeclaredOrigin, DeclaredOrigin> = z.enum(DECLARED_ORIGINS)

/** The origins that a policy accepts. */
export const digestOriginsSchema: z.ZodType<DigestOrigin[], DigestOrigin[]> = z
  .array(z.enum(DIGEST_ORIGINS))
  .min(1)

/** The same as stored: a word of a newer version stays, and no digest of this version has it. */
export const storedDigestOriginsSchema: z.ZodType<DigestOrigin[], DigestOrigin[]> = z
  .array(customWord())
  .min(1)
  .max(100)

/** The check of inputs that an origin has a digest to be about. */
export const ORIGIN_NEEDS_DIGEST: {
  path: string[]
  when: (payload: { readonly value: unknown }) => boolean
  message: string
} = {
  path: ['digestOrigin'],
  // Also if another field is wrong: the caller learns of all problems at once.
  when: ({ value }) => typeof value === 'object' && value !== null,
  message: 'must be given together with a digest, or with files that all have one',
}

interface DigestInput {
  readonly digestOrigin?: unknown
  readonly digest?: unknown
  readonly files?: unknown
}

/** Whether an input without an origin, or with a digest of the model or of each of its files. */
export function hasDigestForOrigin({ digestOrigin, digest, files }: DigestInput): boolean {
  if (digestOrigin === undefined || isGiven(digest)) return true
  return Array.isArray(files) && files.every((file) => isGiven(Reflect.get(Object(file), 'digest')))
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function customWord(): z.ZodType<DigestOrigin, DigestOrigin> {
  return z.custom<DigestOrigin>(
    (value) => typeof value === 'string' && /^[a-z][a-z-]{0,31}$/u.test(value),
    'must be the origin of a digest',
  )
}
