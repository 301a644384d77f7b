import * as z from 'zod'
import { MAX_MODEL_FILES } from '../entry/limits.ts'
import type { ModelFile } from '../entry/model-entry.ts'
import type { ModelFileInput } from '../input/model-file-input.ts'
import { fieldsSchema } from './define-options.ts'
import { filePathSchema, sha256DigestSchema, sizeSchema } from './value-schemas.ts'

const modelFileSchema = fieldsSchema({
  path: filePathSchema,
  sizeBytes: sizeSchema.optional(),
  digest: sha256DigestSchema.nullish(),
}).transform(
  ({ path, sizeBytes, digest }): ModelFile => ({
    path,
    ...(sizeBytes !== undefined && { sizeBytes }),
    ...(digest !== undefined && digest !== null && { digest }),
  }),
)

/** The files of a multi-file model: no two at one path, nor at paths that differ only in case, nor one below another. */
export const modelFilesSchema: z.ZodType<ModelFile[], ModelFileInput[]> = z
  .array(modelFileSchema)
  .min(1)
  .max(MAX_MODEL_FILES)
  .superRefine((files, context) => {
    const seen = new Set(files.map(({ path }) => path.toLowerCase()))
    if (seen.size < files.length)
      context.addIssue({ code: 'custom', message: 'must not name one path twice' })
    const nested = files.find(({ path }) => hasFileAbove(path.toLowerCase(), seen))
    if (nested === undefined) return
    context.addIssue({ code: 'custom', message: 'must not have a file below the path of another' })
  })

function hasFileAbove(path: string, files: ReadonlySet<string>): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (files.has(path.slice(0, end))) return true
  }
  return false
}
