import { LIFECYCLE_STATES } from 'model-catalog'
import * as z from 'zod'

// The catalog checks ids, digests, paths and texts by its own rules; these schemas say which fields there are. A caller
// can name neither `location` nor `file`, so that no request chooses a path on this machine, nor `actor`.
const digest = z.string().max(80).describe('SHA-256, 64 hexadecimal digits, also with sha256: in front')
const sizeBytes = z.int().nonnegative()
const name = z.string().min(1).max(500)
const source = z
  .string()
  .min(1)
  .max(4096)
  .describe('Where the model comes from. Credentials in it are kept, and never shown')
const tags = z.array(z.string().min(1).max(128)).max(64)
const files = z
  .array(z.strictObject({ path: z.string(), sizeBytes: sizeBytes.optional(), digest: digest.nullish() }))
  .max(2000)
const reason = z.string().min(1).max(1000).describe('Why; recorded in the history')

export const registrationSchema = z.strictObject({
  id: z.string().describe('Segments of letters, digits, ".", "_" and "-", joined by "/"'),
  source,
  digest: digest.nullish(),
  name: name.optional(),
  sizeBytes: sizeBytes.optional(),
  files: files.optional(),
  tags: tags.optional(),
  reason: reason.optional(),
})

export type RegistrationBody = z.infer<typeof registrationSchema>

/** A field that is absent stays, one that is null goes (RFC 7396). */
export const updateSchema = z
  .strictObject({
    state: z.enum(LIFECYCLE_STATES).optional(),
    name: name.optional(),
    source: source.optional(),
    digest: digest.nullish(),
    sizeBytes: sizeBytes.nullish(),
    files: files.nullish(),
    tags: tags.nullish(),
    reason: reason.optional(),
  })
  .refine(
    ({ state, reason: _reason, ...fields }) => state === undefined || Object.keys(fields).length === 0,
    {
      path: ['state'],
      message: 'must not be changed together with other fields',
    },
  )

export type UpdateBody = z.infer<typeof updateSchema>
