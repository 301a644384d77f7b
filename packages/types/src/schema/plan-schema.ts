import * as z from 'zod'
import { UPKEEP_FINDING_KINDS, type UpkeepPlan } from '../upkeep/upkeep-plan.ts'
import { fieldsSchema } from './define-options.ts'
import { parseWith } from './parse-with.ts'
import {
  decimalSchema,
  evidenceKeySchema,
  filePathSchema,
  lifecycleStateSchema,
  modelIdSchema,
  nodeNameSchema,
  sha256DigestSchema,
  sizeSchema,
} from './value-schemas.ts'

const fingerprint = fieldsSchema({
  dev: decimalSchema,
  ino: decimalSchema,
  sizeBytes: sizeSchema,
  mtimeNs: decimalSchema,
  ctimeNs: decimalSchema,
  birthtimeNs: decimalSchema.optional(),
})
const plannedEntry = fieldsSchema({
  id: modelIdSchema,
  revision: z.int().positive(),
  state: lifecycleStateSchema,
})
const path = z.string().min(1)
const plannedFile = fieldsSchema({ file: filePathSchema, fingerprint })
const actionSchema = z.discriminatedUnion('kind', [
  fieldsSchema({
    kind: z.literal('relocate'),
    entry: plannedEntry,
    to: filePathSchema,
    files: z.array(plannedFile).min(1),
  }),
  fieldsSchema({
    kind: z.literal('reverify'),
    entry: plannedEntry,
    files: z.array(fieldsSchema({ path, fingerprint })).min(1),
  }),
  fieldsSchema({
    kind: z.literal('forget-evidence'),
    entry: plannedEntry,
    paths: z.array(path),
    keys: z.array(evidenceKeySchema).min(1).optional(),
  }),
  fieldsSchema({
    kind: z.literal('remove-file'),
    why: z.enum(['leftover', 'partial', 'quarantined', 'retired', 'orphan']),
    entries: z.array(plannedEntry),
    links: z.int().positive(),
    bytes: sizeSchema,
    lastCopy: z.literal(true).optional(),
    file: filePathSchema,
    fingerprint,
  }),
  fieldsSchema({
    kind: z.literal('share-bytes'),
    method: z.enum(['reference', 'hard-link', 'reflink']),
    ids: z.array(modelIdSchema).min(1),
    digest: sha256DigestSchema,
    keep: plannedFile,
    replace: plannedFile,
    bytes: sizeSchema,
  }),
  fieldsSchema({
    kind: z.literal('finish-sharing'),
    file: filePathSchema,
    replaced: plannedFile,
    bytes: sizeSchema,
  }),
])
const planSchema = fieldsSchema({
  version: z.literal(1),
  node: nodeNameSchema,
  at: z.iso.datetime(),
  findings: z.array(
    fieldsSchema({
      kind: z.enum(UPKEEP_FINDING_KINDS),
      id: modelIdSchema.optional(),
      path,
      bytes: sizeSchema,
      text: z.string(),
    }),
  ),
  actions: z.array(actionSchema),
  bytes: sizeSchema,
})

/**
 * Parses a plan that was saved as JSON. The error names everything that is wrong or unknown in it.
 *
 * @throws {CatalogError} INVALID_INPUT if the value is not a plan of this version
 */
export function parsePlan(input: unknown): UpkeepPlan {
  return parseWith(planSchema, input, 'plan')
}
