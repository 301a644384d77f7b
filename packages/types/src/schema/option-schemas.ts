import * as z from 'zod'
import type { DigestOrigin } from '../entry/digest-origin.ts'
import { isAbortSignal } from '../options/option-problems.ts'
import { customSchema, optionsSchema } from './define-options.ts'
import { digestOriginsSchema } from './digest-origin-schema.ts'
import { parseWith } from './parse-with.ts'
import { remarkSchema } from './value-schemas.ts'

/** True or false. */
export const booleanSchema: z.ZodType<boolean, boolean> = z.boolean()
/** The revision of an entry. */
export const revisionSchema: z.ZodType<number, number> = z.int().min(1)
/** A position in the history. */
export const positionSchema: z.ZodType<number, number> = z.int().min(0)
/** A number above 0: a rate or a duration. */
export const positiveNumberSchema: z.ZodType<number, number> = z.number().gt(0)
/** A signal that cancels. */
export const signalSchema: z.ZodType<AbortSignal, AbortSignal> = customSchema(
  isAbortSignal,
  'must be an AbortSignal',
)
/** A path or another text that is used unchanged. */
export const textSchema: z.ZodType<string, string> = customSchema(
  isText,
  'must be a non-empty string without NUL',
)
/** A value that other code checks. */
export function uncheckedSchema<T>(): z.ZodType<T, T> {
  return customSchema<T>(() => true, '')
}

/** A port that the caller implements: an object with any methods. */
export function objectSchema<T extends object>(): z.ZodType<T, T> {
  return customSchema<T>((value) => typeof value === 'object' && value !== null, 'must be an object')
}

/**
 * Parses a text: it is not changed.
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not a non-empty string without NUL
 */
export function parseText(field: string, value: unknown): string {
  return isText(value) ? value : parseWith(textSchema, value, field)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0')
}

/**
 * Parses a position in the history.
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not a position; the problem names the field `since`
 */
export function parsePosition(value: unknown): number {
  return parseWith(positionSchema, value, 'since')
}

type OptionalText = z.ZodOptional<z.ZodType<string, string>>

/** The options of every change: its actor and its reason. */
export const attributionShape: { readonly actor: OptionalText; readonly reason: OptionalText } = {
  actor: remarkSchema.optional(),
  reason: remarkSchema.optional(),
}

/** The present segment and the one before it, whose snapshot is the backup of the present one. */
export const FEWEST_SEGMENTS = 2

/** How much of a history is kept. */
export const pruneShape: {
  readonly keepSegments: z.ZodOptional<z.ZodType<number, number>>
  readonly before: z.ZodOptional<z.ZodType<Date, Date>>
  readonly dryRun: z.ZodOptional<z.ZodType<boolean, boolean>>
} = {
  keepSegments: customSchema<number>(
    (value) => Number.isSafeInteger(value) && (value as number) >= FEWEST_SEGMENTS,
    `must be an integer of at least ${FEWEST_SEGMENTS}`,
  ).optional(),
  before: customSchema<Date>(
    (value) => value instanceof Date && !Number.isNaN(value.getTime()),
    'must be a valid Date',
  ).optional(),
  dryRun: booleanSchema.optional(),
}

interface Policy {
  requireDeclaredDigest?: boolean | undefined
  requireDigestOrigin?: readonly DigestOrigin[] | undefined
  maxEvidenceAgeMs?: number | undefined
  ctimeChange?: CtimeChange | undefined
  silentAfterMs?: number | undefined
}

const ageSchema = customSchema<number>(
  (value) => typeof value === 'number' && value > 0,
  'must be more than 0',
)

type CtimeChange = 'stale' | 'trust-mtime'

/** What a change of ctime alone means. */
export const ctimeChangeSchema: z.ZodType<CtimeChange, CtimeChange> = z.enum(['stale', 'trust-mtime'])

/** The rules for using a model, besides evidence for its digest. */
export const policySchema: z.ZodType<Policy, Policy> = optionsSchema({
  requireDeclaredDigest: booleanSchema.optional(),
  requireDigestOrigin: digestOriginsSchema.optional(),
  maxEvidenceAgeMs: ageSchema.optional(),
  ctimeChange: ctimeChangeSchema.optional(),
  silentAfterMs: ageSchema.optional(),
})

type Wait = boolean | { signal?: AbortSignal | undefined }

/** Whether to wait, and the signal that ends waiting. */
export const waitSchema: z.ZodType<Wait, Wait> = z.union(
  [booleanSchema, optionsSchema({ signal: signalSchema.optional() })],
  { error: 'must be true, false or an object with a signal' },
)
