import * as z from 'zod'
import type { Fingerprint } from '../entry/file-digest.ts'
import { filePathSchema } from '../entry/file-path.ts'
import { LIFECYCLE_STATES, type LifecycleState } from '../entry/lifecycle-state.ts'
import { type ModelId, modelIdSchema } from '../entry/model-id.ts'
import { type Sha256Digest, sha256DigestSchema } from '../entry/sha256-digest.ts'
import { nodeNameSchema, sizeSchema } from '../entry/text-limits.ts'
import { createInvalidInput } from '../error/catalog-error.ts'
import { findProblems } from '../error/problems.ts'
import type { DedupeMethod } from '../ports/model-files.ts'

/** Where catalog and disk do not agree, or what lies beside the model files. `docs/upkeep.md` explains each. */
export const UPKEEP_FINDING_KINDS = [
  'missing',
  'moved',
  'resized',
  'changed',
  'special-file',
  'unreadable',
  'shard-missing',
  'case-collision',
  'orphan',
  'leftover',
  'partial',
  'quarantined',
  'retired',
  'duplicate',
] as const

export type UpkeepFindingKind = (typeof UPKEEP_FINDING_KINDS)[number]

export interface UpkeepFinding {
  readonly kind: UpkeepFindingKind
  /** The model that it is about; absent where no entry knows of the file. */
  readonly id?: ModelId | undefined
  /** Absolute. */
  readonly path: string
  /** What the file has; of a file that is not there, what it had. 0 where nobody knows. */
  readonly bytes: number
  /** The same in words. */
  readonly text: string
}

/** An entry as a plan saw it. */
export interface PlannedEntry {
  readonly id: ModelId
  readonly revision: number
  readonly state: LifecycleState
}

/** A file inside the root as a plan saw it. */
export interface PlannedFile {
  readonly file: string
  readonly fingerprint: Fingerprint
}

/** Why a file is removed. */
export type RemovalReason = 'leftover' | 'partial' | 'quarantined' | 'retired' | 'orphan'

/** One step of a plan, with all that must still be so when it is applied. */
export type UpkeepAction =
  /** The entry refers to the file, or directory, `to` from then on, if its bytes are right. */
  | {
      readonly kind: 'relocate'
      readonly entry: PlannedEntry
      readonly to: string
      readonly files: readonly PlannedFile[]
    }
  /** The model is verified anew. */
  | {
      readonly kind: 'reverify'
      readonly entry: PlannedEntry
      readonly files: readonly { readonly path: string; readonly fingerprint: Fingerprint }[]
    }
  /** This node's evidence goes, because there is no file; without evidence of another node the model is Pending. */
  | { readonly kind: 'forget-evidence'; readonly entry: PlannedEntry; readonly paths: readonly string[] }
  /** The file is removed, and what the entries know of it. */
  | ({
      readonly kind: 'remove-file'
      readonly why: RemovalReason
      readonly entries: readonly PlannedEntry[]
      /** How many names the file had. */
      readonly links: number
      /** What that frees: nothing as long as another name stays. */
      readonly bytes: number
    } & PlannedFile)
  /** `replace` becomes another name of `keep`, or shares its blocks. */
  | {
      readonly kind: 'share-bytes'
      readonly method: DedupeMethod
      readonly digest: Sha256Digest
      readonly keep: PlannedFile
      readonly replace: PlannedFile
      readonly bytes: number
    }

/** What was found, and what `apply` would do about it. Plain JSON: it can be shown, saved and read back. */
export interface UpkeepPlan {
  readonly version: 1
  /** The machine that it was made on, and is for. */
  readonly node: string
  /** ISO-8601 UTC. */
  readonly at: string
  readonly findings: readonly UpkeepFinding[]
  readonly actions: readonly UpkeepAction[]
  /** What applying it frees. */
  readonly bytes: number
}

const decimal = z.string().regex(/^-?[0-9]{1,20}$/u, 'must be a whole number in decimal')
const plannedFingerprint = z.strictObject({
  dev: decimal,
  ino: decimal,
  sizeBytes: sizeSchema,
  mtimeNs: decimal,
  ctimeNs: decimal,
})
const plannedEntry = z.strictObject({
  id: modelIdSchema,
  revision: z.int().positive(),
  state: z.enum(LIFECYCLE_STATES),
})
const path = z.string().min(1)
const plannedFile = z.strictObject({ file: filePathSchema, fingerprint: plannedFingerprint })
const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('relocate'),
    entry: plannedEntry,
    to: filePathSchema,
    files: z.array(plannedFile).min(1),
  }),
  z.strictObject({
    kind: z.literal('reverify'),
    entry: plannedEntry,
    files: z.array(z.strictObject({ path, fingerprint: plannedFingerprint })).min(1),
  }),
  z.strictObject({ kind: z.literal('forget-evidence'), entry: plannedEntry, paths: z.array(path).min(1) }),
  z.strictObject({
    kind: z.literal('remove-file'),
    why: z.enum(['leftover', 'partial', 'quarantined', 'retired', 'orphan']),
    entries: z.array(plannedEntry),
    links: z.int().positive(),
    bytes: sizeSchema,
    file: filePathSchema,
    fingerprint: plannedFingerprint,
  }),
  z.strictObject({
    kind: z.literal('share-bytes'),
    method: z.enum(['hard-link', 'reflink']),
    digest: sha256DigestSchema,
    keep: plannedFile,
    replace: plannedFile,
    bytes: sizeSchema,
  }),
])
const planSchema = z.strictObject({
  version: z.literal(1),
  node: nodeNameSchema,
  at: z.iso.datetime(),
  findings: z.array(
    z.strictObject({
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

/** The plan that was saved as JSON, checked; INVALID_INPUT naming all that is wrong or unknown in it. */
export function parsePlan(input: unknown): UpkeepPlan {
  const parsed = planSchema.safeParse(input)
  if (!parsed.success) throw createInvalidInput(findProblems(parsed.error, 'plan'))
  return parsed.data
}
