import type { Attribution, Registration } from '../input/registration.ts'
import { fieldsSchema, optionsSchema } from './define-options.ts'
import { declaredOriginSchema, hasDigestForOrigin, ORIGIN_NEEDS_DIGEST } from './digest-origin-schema.ts'
import { hasLocationForLinks, LINKS_NEED_LOCATION } from './links-into-schema.ts'
import { modelFilesSchema } from './model-files-schema.ts'
import { attributionShape } from './option-schemas.ts'
import { parseWith } from './parse-with.ts'
import {
  absolutePathSchema,
  filePathSchema,
  locationSchema,
  modelIdSchema,
  nameSchema,
  sha256DigestSchema,
  sizeSchema,
  sourceSchema,
  tagsSchema,
} from './value-schemas.ts'

const registrationSchema = fieldsSchema({
  id: modelIdSchema,
  source: sourceSchema,
  digest: sha256DigestSchema.nullish().transform((digest) => digest ?? null),
  digestOrigin: declaredOriginSchema.optional(),
  name: nameSchema.optional(),
  sizeBytes: sizeSchema.optional(),
  file: filePathSchema.optional(),
  location: locationSchema.optional(),
  linksInto: absolutePathSchema.optional(),
  files: modelFilesSchema.optional(),
  tags: tagsSchema.optional(),
  ...attributionShape,
})
  .refine((input) => input.file === undefined || input.location === undefined, {
    path: ['location'],
    // Also where another field is wrong: the caller learns of all problems at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
    message: 'must not be given together with file',
  })
  .refine(hasLocationForLinks, LINKS_NEED_LOCATION)
  .refine(hasDigestForOrigin, ORIGIN_NEEDS_DIGEST)

const attributionSchema = optionsSchema(attributionShape)

/**
 * Parses a registration. The error names every wrong field, unknown fields included.
 *
 * @throws {CatalogError} INVALID_INPUT if a field is wrong or unknown
 */
export function parseRegistration(input: unknown): Registration {
  return parseWith(registrationSchema, input, 'registration')
}

/** The checked actor and reason, or INVALID_INPUT. */
export function parseAttribution(input: Attribution): Attribution {
  return parseWith(attributionSchema, { actor: input.actor, reason: input.reason }, 'options')
}
