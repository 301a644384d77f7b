import * as z from 'zod'
import { createInvalidInput } from '../error/catalog-error.ts'
import { findProblems } from '../error/problems.ts'

/** The longest display name, in characters. */
const MAX_NAME_LENGTH = 500
/** The longest source, in characters. */
const MAX_SOURCE_LENGTH = 4096
/** The longest absolute path of a file registered in place, in characters. */
const MAX_LOCATION_LENGTH = 4096
/** The most tags of one model. */
const MAX_TAGS = 64
/** The longest tag, in characters. */
const MAX_TAG_LENGTH = 128
/** The longest actor or reason, in characters. */
const MAX_REMARK_LENGTH = 1000

/** The longest name of who holds a lease or a download, in characters. */
const MAX_HOLDER_LENGTH = 253
/** The most files of one model. */
export const MAX_MODEL_FILES = 2000
/** The most leases on one model at a time. */
export const MAX_LEASES = 256
/** The most quarantined files that one entry knows of. */
export const MAX_QUARANTINED = 64
/** The most things that a diagnosis says. */
export const MAX_DIAGNOSIS_NOTES = 32

/** Text that comes back from UTF-8 as it went in, and does not run away with a terminal. */
function textSchema(maximum: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(maximum)
    .refine((text) => text.isWellFormed(), 'must not contain a lone surrogate')
    .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
}

export const nameSchema: z.ZodType<string, string> = textSchema(MAX_NAME_LENGTH)
export const sourceSchema: z.ZodType<string, string> = textSchema(MAX_SOURCE_LENGTH)
const tagSchema: z.ZodType<string, string> = textSchema(MAX_TAG_LENGTH)
export const tagsSchema: z.ZodType<string[], string[]> = z.array(tagSchema).max(MAX_TAGS)
export const remarkSchema: z.ZodType<string, string> = textSchema(MAX_REMARK_LENGTH)
export const sizeSchema: z.ZodType<number, number> = z.int().nonnegative()

/** Who holds a lease or a download: a text of the caller's. */
export const holderSchema: z.ZodType<string, string> = textSchema(MAX_HOLDER_LENGTH)

/** An absolute path of this platform: POSIX, a Windows drive or a UNC share. */
export const locationSchema: z.ZodType<string, string> = textSchema(MAX_LOCATION_LENGTH).refine(
  (text) => /^(?:\/|[A-Za-z]:[\\/]|\\\\)/u.test(text),
  'must be an absolute path',
)

/** The name of a machine, as a host name, so that it can be a key. */
export const nodeNameSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/u, 'must be a host name')

/** The holder as it is, or INVALID_INPUT naming the field `holder`. */
export function parseHolder(value: unknown): string {
  const parsed = holderSchema.safeParse(value)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, 'holder'))
  return parsed.data
}

/** The name as it is, or INVALID_INPUT naming the field `node`. */
export function parseNodeName(value: unknown): string {
  const parsed = nodeNameSchema.safeParse(value)
  if (!parsed.success) throw createInvalidInput([{ field: 'node', problem: 'must be a host name' }])
  return parsed.data
}
