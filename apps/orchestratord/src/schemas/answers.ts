/** Room `schemas`: what callers send and get, by zod. */

import {
  type CommittedChange,
  DIGEST_ORIGINS,
  LIFECYCLE_STATES,
  type ModelCopy,
  type ModelEntry,
  type PublicEntry,
  toPublicEntry,
} from 'model-catalog'
import * as z from 'zod'

const time = z.iso.datetime()
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u)
const sizeBytes = z.int().nonnegative()

/** A model as anyone may see it: `toPublicEntry` of its entry. */
export const modelSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  digest: sha256.nullable(),
  digestOrigin: z.enum(DIGEST_ORIGINS).optional(),
  state: z.enum(LIFECYCLE_STATES),
  registeredAt: z.string(),
  verifiedAt: z.string().nullable(),
  sizeBytes: sizeBytes.optional(),
  files: z
    .array(z.strictObject({ path: z.string(), sizeBytes: sizeBytes.optional(), digest: sha256.optional() }))
    .optional(),
  tags: z.array(z.string()).optional(),
  facts: z
    .strictObject({
      format: z.string(),
      architecture: z.string().optional(),
      parameters: z.int().optional(),
      quantisation: z.string().optional(),
      contextLength: z.int().optional(),
      tokenizer: z.string().optional(),
      tensorCount: z.int().optional(),
      licence: z.string().optional(),
      name: z.string().optional(),
    })
    .describe('What the headers of the files said when their bytes were last found right')
    .optional(),
  failure: z
    .strictObject({ reason: z.string(), expected: z.string(), found: z.string(), at: z.string() })
    .optional(),
  download: z.strictObject({ startedAt: z.string(), until: z.string() }).optional(),
  failedDownload: z
    .strictObject({ attempts: z.int(), at: z.string(), retryAt: z.string().optional() })
    .optional(),
  quarantine: z.array(z.strictObject({ at: z.string(), sizeBytes, digest: sha256.optional() })).optional(),
  leases: z.array(z.strictObject({ at: z.string(), until: z.string() })).optional(),
  revision: z.int().min(1),
})

export const changeSchema = z.strictObject({
  position: z.int(),
  at: time,
  operation: z.string(),
  id: z.string(),
  revision: z.int(),
  actor: z.string().optional(),
  reason: z.string().optional(),
  model: modelSchema.nullable().describe('The model as it was then; null if it was removed'),
})

export const modelPageSchema = z.strictObject({
  models: z.array(modelSchema),
  next: z.string().optional().describe('What after takes for the next page; absent on the last one'),
})

const copySchema = z.strictObject({
  node: z.string().describe('The label of the machine that has the copy'),
  volume: z.string().optional().describe('The id of the volume that the copy is on'),
  verifiedAt: z.string(),
  lastSeenAt: z.string().describe('When the machine last said that the volume is mounted, or read it'),
  isCounted: z.boolean().describe('False if the volume is silent, or has no anchor'),
  isHere: z.boolean().describe('Whether the volume is mounted on the machine of this service'),
})

/** Which machines have a verified copy of a model, the last one read first. */
export const modelCopiesSchema = z.strictObject({
  id: z.string(),
  state: z.enum(LIFECYCLE_STATES),
  copies: z.array(copySchema),
})

export const modelCopiesPageSchema = z.strictObject({
  models: z.array(modelCopiesSchema),
  next: z.string().optional().describe('What after takes for the next page; absent on the last one'),
})

export const changePageSchema = z.strictObject({
  changes: z.array(changeSchema),
  next: z.int().optional().describe('What after takes for the next page; absent on the last one'),
})

export const healthSchema = z.strictObject({ status: z.literal('ok') })

/** RFC 9457; more members depend on the code. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  requestId: z.string(),
})

export type PublicModel = PublicEntry
export type PublicCopies = z.infer<typeof modelCopiesSchema>
export type PublicChange = Omit<CommittedChange, 'entry'> & { readonly model: PublicModel | null }

/** The answer of the service for a model. */
export function toModel(entry: ModelEntry): PublicModel {
  return toPublicEntry(entry)
}

/** The answer of the service for a change: who and why are for all who may read the history. */
export function toChange({
  position,
  at,
  operation,
  id,
  revision,
  actor,
  reason,
  entry,
}: CommittedChange): PublicChange {
  const model = entry === null ? null : toModel(entry)
  return { position, at, operation, id, revision, actor, reason, model }
}

/** The machines and volumes with a verified copy: their labels and ids, and no path. */
export function toModelCopies({ id, state }: ModelEntry, copies: readonly ModelCopy[]): PublicCopies {
  return {
    ...{ id, state },
    copies: copies.map(({ node, volume, verifiedAt, lastSeenAt, isCounted, isHere }) => ({
      ...{ node, volume, verifiedAt, lastSeenAt, isCounted, isHere },
    })),
  }
}
