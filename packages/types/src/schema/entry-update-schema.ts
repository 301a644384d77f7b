import type { EntryUpdate } from '../input/entry-update.ts'
import { fieldsSchema } from './define-options.ts'
import { declaredOriginSchema, hasDigestForOrigin, ORIGIN_NEEDS_DIGEST } from './digest-origin-schema.ts'
import { hasLocationForLinks, LINKS_NEED_LOCATION } from './links-into-schema.ts'
import { modelFilesSchema } from './model-files-schema.ts'
import { parseWith } from './parse-with.ts'
import {
  absolutePathSchema,
  filePathSchema,
  locationSchema,
  nameSchema,
  sha256DigestSchema,
  sizeSchema,
  sourceSchema,
  tagsSchema,
} from './value-schemas.ts'

const updateSchema = fieldsSchema({
  name: nameSchema.optional(),
  source: sourceSchema.optional(),
  digest: sha256DigestSchema.nullish(),
  digestOrigin: declaredOriginSchema.optional(),
  sizeBytes: sizeSchema.nullish(),
  file: filePathSchema.nullish(),
  location: locationSchema.nullish(),
  linksInto: absolutePathSchema.nullish(),
  files: modelFilesSchema.nullish(),
  tags: tagsSchema.nullish(),
})
  .refine(({ file, location }) => !isGiven(file) || !isGiven(location), {
    path: ['location'],
    message: 'must not be given together with file',
  })
  .refine(hasLocationForLinks, LINKS_NEED_LOCATION)
  .refine(hasDigestForOrigin, ORIGIN_NEEDS_DIGEST)

/**
 * Parses an update. The error names every wrong field, unknown fields included.
 *
 * @throws {CatalogError} INVALID_INPUT if a field is wrong or unknown
 */
export function parseEntryUpdate(input: unknown): EntryUpdate {
  return parseWith(updateSchema, input, 'update')
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
