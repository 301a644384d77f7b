import * as z from 'zod'
import { filePathSchema } from '../entry/file-path.ts'
import type { ModelFile } from '../entry/model-entry.ts'
import { type Sha256Digest, sha256DigestSchema } from '../entry/sha256-digest.ts'
import { locationSchema, nameSchema, sizeSchema, sourceSchema, tagsSchema } from '../entry/text-limits.ts'
import { type ModelFileInput, modelFilesSchema } from './model-files-schema.ts'
import { parseWith } from './registration.ts'

/** What to change of a model: a field that is absent stays, one that is null goes. */
export interface EntryUpdateInput {
  readonly name?: string | undefined
  readonly source?: string | undefined
  /** Any spelling of a SHA-256 digest; null: the next verification computes it. */
  readonly digest?: string | null | undefined
  readonly sizeBytes?: number | null | undefined
  /** Path inside the root; null: the default one. The model is no longer in place elsewhere. */
  readonly file?: string | null | undefined
  /** Absolute path of a file that stays where it is. Not together with `file`. */
  readonly location?: string | null | undefined
  readonly files?: readonly ModelFileInput[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
}

/** A checked update. */
export interface EntryUpdate extends Omit<EntryUpdateInput, 'digest' | 'files'> {
  readonly digest?: Sha256Digest | null | undefined
  readonly files?: readonly ModelFile[] | null | undefined
}

const updateSchema = z
  .strictObject({
    name: nameSchema.optional(),
    source: sourceSchema.optional(),
    digest: sha256DigestSchema.nullish(),
    sizeBytes: sizeSchema.nullish(),
    file: filePathSchema.nullish(),
    location: locationSchema.nullish(),
    files: modelFilesSchema.nullish(),
    tags: tagsSchema.nullish(),
  })
  .refine(({ file, location }) => !isGiven(file) || !isGiven(location), {
    path: ['location'],
    message: 'must not be given together with file',
  })

/** The checked update, or INVALID_INPUT naming every field that is wrong, unknown fields included. */
export function parseEntryUpdate(input: unknown): EntryUpdate {
  return parseWith(updateSchema, input, 'update')
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
