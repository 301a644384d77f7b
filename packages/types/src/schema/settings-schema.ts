import * as z from 'zod'
import type { DigestOrigin } from '../entry/digest-origin.ts'
import { customSchema, fieldsSchema } from './define-options.ts'
import { digestOriginsSchema, storedDigestOriginsSchema } from './digest-origin-schema.ts'
import { booleanSchema, ctimeChangeSchema } from './option-schemas.ts'
import { parseWith } from './parse-with.ts'
import { nodeNameSchema } from './value-schemas.ts'

/** The most volumes that a catalog remembers. */
const MAX_VOLUMES = 10_000
/** The longest key of a volume, in characters. */
const MAX_VOLUME_KEY_LENGTH = 300

/** A length of time that JSON can hold. */
const spanSchema = customSchema<number>(
  (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
  'must be a number of milliseconds, more than 0',
)
const timeSchema = z.iso.datetime('must be a time of ISO 8601 in UTC')

interface Policy {
  requireDeclaredDigest?: boolean | undefined
  requireDigestOrigin?: DigestOrigin[] | undefined
  maxEvidenceAgeMs?: number | undefined
  ctimeChange?: z.infer<typeof ctimeChangeSchema> | undefined
  silentAfterMs?: number | undefined
}

const storedPolicySchema = fieldsSchema({
  requireDeclaredDigest: booleanSchema.optional(),
  requireDigestOrigin: storedDigestOriginsSchema.optional(),
  maxEvidenceAgeMs: spanSchema.optional(),
  ctimeChange: ctimeChangeSchema.optional(),
  silentAfterMs: spanSchema.optional(),
})

const policyChangeSchema = fieldsSchema({
  requireDeclaredDigest: booleanSchema.nullish(),
  requireDigestOrigin: digestOriginsSchema.nullish(),
  maxEvidenceAgeMs: spanSchema.nullish(),
  ctimeChange: ctimeChangeSchema.nullish(),
  silentAfterMs: spanSchema.nullish(),
})

type CheckedPolicyChange = { [Name in keyof Policy]: Policy[Name] | null }

/**
 * Parses a change of the policy. The error names every wrong or unknown rule.
 *
 * @throws {CatalogError} INVALID_INPUT if a rule is wrong or does not exist
 */
export function parsePolicyChange(input: unknown): CheckedPolicyChange {
  return parseWith(policyChangeSchema, input, 'policy')
}

const volumesSchema = <T extends z.ZodType>(sight: T): z.ZodRecord<z.ZodString, T> =>
  z
    .record(z.string().min(1).max(MAX_VOLUME_KEY_LENGTH), sight)
    .refine((volumes) => Object.keys(volumes).length <= MAX_VOLUMES, {
      message: `must have at most ${MAX_VOLUMES} volumes`,
    })

const settingsSchema = fieldsSchema({
  policy: storedPolicySchema,
  volumes: volumesSchema(fieldsSchema({ lastSeen: timeSchema, node: nodeNameSchema })),
  // Of settings that were read. Not written: a store keeps what it has.
  extra: z.unknown().optional(),
})

/** What a caller passes to change the settings: known fields only. */
export const settingsChangeSchema: z.ZodType<SettingsChangeInput> = z.object({
  ifRevision: z.int().min(0),
  settings: settingsSchema,
})

interface SettingsChangeInput {
  ifRevision: number
  settings: {
    policy: Policy
    volumes: Record<string, { lastSeen: string; node: string }>
  }
}

/** The settings as they stand on disk: fields that this version does not know are let be. */
export const wireSettingsSchema: z.ZodType<unknown> = z.looseObject({
  policy: z.looseObject({
    require_declared_digest: booleanSchema.nullish(),
    require_digest_origin: storedDigestOriginsSchema.nullish(),
    max_evidence_age_ms: spanSchema.nullish(),
    ctime_change: ctimeChangeSchema.nullish(),
    silent_after_ms: spanSchema.nullish(),
  }),
  volumes: volumesSchema(z.looseObject({ last_seen: timeSchema, node: nodeNameSchema })),
})
