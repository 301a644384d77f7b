import * as z from 'zod'
import { findAnchorProblem, findFilePathProblem } from '../entry/file-path.ts'
import { LIFECYCLE_STATES, type LifecycleState } from '../entry/lifecycle-state.ts'
import { findModelIdProblem, type ModelId } from '../entry/model-id.ts'
import { describeDigestProblem, normalizeDigest, type Sha256Digest } from '../entry/sha256-digest.ts'
import { parseTime } from '../entry/time.ts'
import { parseWith } from './parse-with.ts'

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

/** A model id, as `parseModelId` takes it. */
export const modelIdSchema: z.ZodType<ModelId, string> = z.string().transform((text, context) => {
  const problem = findModelIdProblem(text)
  if (problem === undefined) return text as ModelId
  context.addIssue({ code: 'custom', message: problem })
  return z.NEVER
})

/** A SHA-256 digest in any spelling that `parseSha256Digest` takes; gives its one spelling. */
export const sha256DigestSchema: z.ZodType<Sha256Digest, string> = z.string().transform((text, context) => {
  const digest = normalizeDigest(text)
  if (digest !== undefined) return digest
  context.addIssue({ code: 'custom', message: describeDigestProblem(text) })
  return z.NEVER
})

/** A path inside the root. */
export const filePathSchema: z.ZodType<string, string> = z.string().superRefine((text, context) => {
  const problem = findFilePathProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

export const lifecycleStateSchema: z.ZodType<LifecycleState, LifecycleState> = z.enum(LIFECYCLE_STATES)

/** A time of ISO 8601, with `Z` or an offset, or a date, which begins in UTC. */
export const timeSchema: z.ZodType<string, string> = z.union(
  [z.iso.datetime({ offset: true }), z.iso.date()],
  { error: 'must be a time of ISO 8601 with Z or an offset, or a date' },
)

/** Text that comes back from UTF-8 as it went in, and does not run away with a terminal. */
function limitedText(maximum: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1)
    .max(maximum)
    .refine((text) => text.isWellFormed(), 'must not contain a lone surrogate')
    .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters')
}

export const nameSchema: z.ZodType<string, string> = limitedText(MAX_NAME_LENGTH)
export const sourceSchema: z.ZodType<string, string> = limitedText(MAX_SOURCE_LENGTH)
const tagSchema: z.ZodType<string, string> = limitedText(MAX_TAG_LENGTH)
export const tagsSchema: z.ZodType<string[], string[]> = z.array(tagSchema).max(MAX_TAGS)
/** An actor or a reason in the history. */
export const remarkSchema: z.ZodType<string, string> = limitedText(MAX_REMARK_LENGTH)
export const sizeSchema: z.ZodType<number, number> = z.int().nonnegative()

/** An integer that a JSON number may not hold exactly: of a device, an inode, a time in nanoseconds. */
export const decimalSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^-?[0-9]{1,20}$/u, 'must be a decimal integer')

/** The holder of a lease or a download, as named by the caller. */
export const holderSchema: z.ZodType<string, string> = limitedText(MAX_HOLDER_LENGTH)

/** An absolute path of this platform: POSIX, a Windows drive or a UNC share. */
export const absolutePathSchema: z.ZodType<string, string> = limitedText(MAX_LOCATION_LENGTH).refine(
  isAbsolutePath,
  'must be an absolute path',
)

/**
 * The path of an anchor, as the system gave it. The directory of a catalog may have any name: no caller chose this
 * one for the catalog.
 */
export const anchorPathSchema: z.ZodType<string, string> = z
  .string()
  .max(MAX_LOCATION_LENGTH)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must not contain NUL or a lone surrogate')
  .refine(isAbsolutePath, 'must be an absolute path')

function isAbsolutePath(text: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/u.test(text)
}

/** The same where a model may be: it is not the anchor of a volume. */
export const locationSchema: z.ZodType<string, string> = absolutePathSchema.superRefine((text, context) => {
  const problem = findAnchorProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

/** The name of a machine: a host name, so that it can be a key. */
export const nodeNameSchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/u, 'must be a host name')

/**
 * Parses a lifecycle state.
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not one of the four states
 */
export function parseLifecycleState(value: unknown): LifecycleState {
  return parseWith(lifecycleStateSchema, value, 'state')
}

/**
 * Parses a time to milliseconds since 1970.
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not a time
 */
export function parseTimeInput(field: string, value: unknown): number {
  return parseTime(parseWith(timeSchema, value, field))
}

/** Under what evidence stands: the id of a volume, perhaps with `@` and a node; in an older version a node. */
export const evidenceKeySchema: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,299}$/u, 'must be the id of a volume, optionally with @ and a node')
