import * as z from 'zod'
import { filePathSchema } from '../entry/file-path.ts'
import type { ModelFile } from '../entry/model-entry.ts'
import { type ModelId, modelIdSchema } from '../entry/model-id.ts'
import { type Sha256Digest, sha256DigestSchema } from '../entry/sha256-digest.ts'
import {
  locationSchema,
  nameSchema,
  remarkSchema,
  sizeSchema,
  sourceSchema,
  tagsSchema,
} from '../entry/text-limits.ts'
import { createInvalidInput } from '../error/catalog-error.ts'
import { findProblems } from '../error/problems.ts'
import { type ModelFileInput, modelFilesSchema } from './model-files-schema.ts'

/** Who changes something, and why. Both end up in the history. */
export interface Attribution {
  readonly actor?: string | undefined
  readonly reason?: string | undefined
}

/** What a caller says of a new model; an HTTP service can pass a request body as it is. */
export interface RegistrationInput extends Attribution {
  readonly id: string
  readonly source: string
  /** 64 hexadecimal characters, upper or lower case, with or without `sha256:`. Absent or null: the first verification computes it. */
  readonly digest?: string | null | undefined
  /** Display name; the id where absent. */
  readonly name?: string | undefined
  readonly sizeBytes?: number | undefined
  /** Path inside the root; `<id>.gguf`, or the source's model-file extension, where absent. */
  readonly file?: string | undefined
  /** Absolute path of a file that stays where it is, outside the root. Not together with `file`. */
  readonly location?: string | undefined
  /**
   * The files of a multi-file model: `file` or `location` is then their directory, by default `<id>`, and `digest` that
   * of their manifest, which need not be given where those of all files are.
   */
  readonly files?: readonly ModelFileInput[] | undefined
  readonly tags?: readonly string[] | undefined
}

/** A checked registration. */
export interface Registration extends Attribution {
  readonly id: ModelId
  readonly source: string
  readonly digest: Sha256Digest | null
  readonly name?: string | undefined
  readonly sizeBytes?: number | undefined
  readonly file?: string | undefined
  readonly location?: string | undefined
  readonly files?: readonly ModelFile[] | undefined
  readonly tags?: readonly string[] | undefined
}

const attributionShape = { actor: remarkSchema.optional(), reason: remarkSchema.optional() }

const registrationSchema = z
  .strictObject({
    id: modelIdSchema,
    source: sourceSchema,
    digest: sha256DigestSchema.nullish().transform((digest) => digest ?? null),
    name: nameSchema.optional(),
    sizeBytes: sizeSchema.optional(),
    file: filePathSchema.optional(),
    location: locationSchema.optional(),
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

const attributionSchema = z.strictObject(attributionShape)

/** The checked registration, or INVALID_INPUT naming every field that is wrong, unknown fields included. */
export function parseRegistration(input: unknown): Registration {
  return parseWith(registrationSchema, input, 'registration')
}

/** The checked actor and reason, or INVALID_INPUT. */
export function parseAttribution(input: Attribution): Attribution {
  return parseWith(attributionSchema, { actor: input.actor, reason: input.reason }, 'options')
}

/** What the schema makes of the input, or INVALID_INPUT; problems of the whole are those of `root`. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, root: string): T {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, root))
  return parsed.data
}
