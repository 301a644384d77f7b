/** Room `schema`: the checks by zod of what callers pass. */

import * as z from 'zod'
import {
  BUNDLE_FORMAT,
  BUNDLE_NAMES,
  BUNDLE_VERSION,
  type BundleManifest,
  type BundleModel,
  type BundleProblem,
} from '../bundle/bundle-manifest.ts'
import { DIGEST_ORIGINS } from '../entry/digest-origin.ts'
import { MAX_MODEL_FILES } from '../entry/limits.ts'
import { MAX_FACT_LENGTH, type ModelFacts } from '../entry/model-facts.ts'
import { findModelIdProblem, foldModelId, type ModelId } from '../entry/model-id.ts'
import { CatalogError } from '../error/catalog-error.ts'
import { findJsonHazard } from './json-hazards.ts'
import { modelFilesSchema } from './model-files-schema.ts'
import { findProblems } from './problems.ts'
import {
  filePathSchema,
  modelIdSchema,
  nameSchema,
  sha256DigestSchema,
  sizeSchema,
  sourceSchema,
  tagsSchema,
  timeSchema,
} from './value-schemas.ts'

// Fields that this version does not know are left out: a later one may add some without another version number.
const storedSchema = filePathSchema.refine(
  (path) => path.startsWith(`${BUNDLE_NAMES.files}/`),
  `must be below ${BUNDLE_NAMES.files}/`,
)
const fileSchema = z.object({
  path: filePathSchema,
  stored: storedSchema,
  size: sizeSchema,
  digest: sha256DigestSchema,
})
const filesSchema = z
  .array(fileSchema)
  .min(1)
  .max(MAX_MODEL_FILES)
  .superRefine((files, context) => {
    const paths = modelFilesSchema.safeParse(files.map(({ path }) => ({ path })))
    for (const { message } of paths.error?.issues ?? []) context.addIssue({ code: 'custom', message })
  })

/** A hostile record must not make a long message. */
const MAX_PROBLEM_LENGTH = 500

const factText = z
  .string()
  .max(MAX_FACT_LENGTH)
  .refine((text) => !/\p{Cc}/u.test(text))
const count = z.int().nonnegative()
const factsSchema = z.object({
  format: factText,
  name: factText.optional(),
  architecture: factText.optional(),
  parameters: count.optional(),
  quantisation: factText.optional(),
  context_length: count.optional(),
  tokenizer: factText.optional(),
  tensor_count: count.optional(),
  licence: factText.optional(),
})

const modelSchema = z
  .object({
    id: modelIdSchema,
    name: nameSchema,
    source: sourceSchema,
    digest: sha256DigestSchema,
    // A later version may know more origins.
    digest_origin: z.enum(DIGEST_ORIGINS).catch('list'),
    size: sizeSchema,
    registered_at: timeSchema,
    verified_at: timeSchema.nullable(),
    tags: tagsSchema.optional(),
    // Only for people, so that wrong ones do not matter.
    facts: factsSchema.optional().catch(undefined),
    stored: storedSchema.optional(),
    files: filesSchema.optional(),
  })
  .refine(({ stored, files }) => (stored === undefined) !== (files === undefined), {
    path: ['files'],
    message: 'must be given, or stored, and not both',
  })
  .refine(({ size, files }) => files === undefined || size === sumOf(files), {
    path: ['size'],
    message: 'must be that of all files',
  })

/**
 * Parses the text of a `bundle.json`. A record that is not of the expected form, or that contradicts an earlier one, is
 * a problem and does not count; the others do.
 *
 * @param path what an error names
 * @throws {CatalogError} DAMAGED if it is not the manifest of a bundle
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote it
 */
export function parseBundle(text: string, path: string): BundleManifest {
  const hazard = findJsonHazard(text)
  if (hazard !== undefined) throw createDamaged(path, hazard)
  const manifest = parseJson(text, path)
  const isManifest = manifest['format'] === BUNDLE_FORMAT && Number.isInteger(manifest['version'])
  if (!isManifest) throw createDamaged(path, 'is not the manifest of a bundle')
  const version = Number(manifest['version'])
  if (version !== BUNDLE_VERSION) {
    const message = `${path} has version ${version}, and this program reads version ${BUNDLE_VERSION}`
    const [found, supported] = [String(version), String(BUNDLE_VERSION)]
    throw new CatalogError('UNSUPPORTED_FORMAT', message, { path, found, supported })
  }
  const records = manifest['models']
  if (!Array.isArray(records)) throw createDamaged(path, 'has no list of models')
  return parseRecords(records)
}

function parseRecords(records: readonly unknown[]): BundleManifest {
  const models: BundleModel[] = []
  const problems: BundleProblem[] = []
  const ids = new Set<string>()
  const stored = new StoredFiles()
  for (const [index, record] of records.entries()) {
    const parsed = modelSchema.safeParse(record, { reportInput: true })
    const model = parsed.success ? toModel(parsed.data) : undefined
    const problem =
      model === undefined
        ? findProblems(parsed.error ?? new z.ZodError([]), 'record')
            .map((each) => `${each.field} ${each.problem}`)
            .join('; ')
        : (findRepeated(model, ids) ?? stored.findContradiction(model))
    if (model !== undefined && problem === undefined) {
      ids.add(foldModelId(model.id))
      stored.add(model)
      models.push(model)
    } else {
      problems.push({
        index,
        ...idOf(record),
        problem: (problem ?? 'is not valid').slice(0, MAX_PROBLEM_LENGTH),
      })
    }
  }
  return { models, problems }
}

function findRepeated({ id }: BundleModel, ids: ReadonlySet<string>): string | undefined {
  return ids.has(foldModelId(id)) ? 'id is that of an earlier record' : undefined
}

/** Which bytes are where. Names that differ only in case are one file on many disks. */
class StoredFiles {
  readonly #byPath = new Map<string, string>()

  findContradiction({ files }: BundleModel): string | undefined {
    const own = new Map<string, string>()
    for (const { stored, sizeBytes, digest } of files) {
      const key = stored.toLowerCase()
      const bytes = JSON.stringify([stored, sizeBytes, digest])
      if ((this.#byPath.get(key) ?? own.get(key) ?? bytes) !== bytes) {
        return `stored ${stored} is named before with other bytes, or in another case`
      }
      own.set(key, bytes)
    }
    return undefined
  }

  add({ files }: BundleModel): void {
    for (const { stored, sizeBytes, digest } of files) {
      this.#byPath.set(stored.toLowerCase(), JSON.stringify([stored, sizeBytes, digest]))
    }
  }
}

function toModel(record: z.infer<typeof modelSchema>): BundleModel {
  const { digest_origin: digestOrigin, size: sizeBytes, registered_at, verified_at, ...rest } = record
  const { id, name, source, digest, tags, facts, stored, files } = rest
  return {
    ...{ id, name, source, digest, digestOrigin, sizeBytes },
    registeredAt: registered_at,
    verifiedAt: verified_at,
    ...(tags !== undefined && { tags }),
    ...(facts !== undefined && { facts: toFacts(facts) }),
    isDirectory: files !== undefined,
    files:
      files === undefined
        ? [{ stored: stored ?? '', sizeBytes, digest }]
        : files.map(({ size, ...file }) => ({ ...file, sizeBytes: size })),
  }
}

function toFacts(facts: z.infer<typeof factsSchema>): ModelFacts {
  const { context_length: contextLength, tensor_count: tensorCount, ...rest } = facts
  const known = Object.entries({ ...rest, contextLength, tensorCount }).filter(
    ([, value]) => value !== undefined,
  )
  return { format: facts.format, ...Object.fromEntries(known) }
}

function sumOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, { size }) => sum + size, 0)
}

function idOf(record: unknown): { readonly id?: ModelId } {
  if (typeof record !== 'object' || record === null || !('id' in record)) return {}
  const { id } = record
  return typeof id === 'string' && findModelIdProblem(id) === undefined ? { id: id as ModelId } : {}
}

function parseJson(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw createDamaged(path, 'is not JSON', cause)
  }
  throw createDamaged(path, 'is not the manifest of a bundle')
}

function createDamaged(path: string, problem: string, cause?: unknown): CatalogError<'DAMAGED'> {
  const options = cause === undefined ? undefined : { cause }
  return new CatalogError('DAMAGED', `${path} ${problem}`, { path, problem }, options)
}
