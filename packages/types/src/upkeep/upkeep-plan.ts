/** Room `upkeep`: the form of a plan. */

import type { Fingerprint } from '../entry/file-digest.ts'
import type { LifecycleState } from '../entry/lifecycle-state.ts'
import type { ModelId } from '../entry/model-id.ts'
import type { Sha256Digest } from '../entry/sha256-digest.ts'
import type { DedupeMethod } from '../ports/model-files.ts'

/** Every kind of finding: a difference between catalog and disk, or a file beside the model files. */
export const UPKEEP_FINDING_KINDS = [
  'missing',
  'absent',
  'moved',
  'resized',
  'changed',
  'stale',
  'unverified',
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
  'dead-evidence',
  'clock-ahead',
] as const

/** What a finding is about. */
export type UpkeepFindingKind = (typeof UPKEEP_FINDING_KINDS)[number]

/** What a plan reports and does not change. */
export interface UpkeepFinding {
  readonly kind: UpkeepFindingKind
  /** The model concerned; absent if no entry names the file. */
  readonly id?: ModelId | undefined
  /** Absolute. */
  readonly path: string
  /** The size of the file, or its last known size if it is missing; 0 if unknown. */
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

/** One step of a plan, with everything that must still be true when it is applied. */
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
  /** Evidence goes, because there is no file, or because its volume was not seen for long; without other the model is Pending. */
  | {
      readonly kind: 'forget-evidence'
      readonly entry: PlannedEntry
      /** The files that are not there. */
      readonly paths: readonly string[]
      /** Under which the evidence stands; default: that of the mounted volumes. */
      readonly keys?: readonly string[] | undefined
    }
  /** The file is removed, and what the entries know of it. */
  | ({
      readonly kind: 'remove-file'
      readonly why: RemovalReason
      readonly entries: readonly PlannedEntry[]
      /** How many names the file had. */
      readonly links: number
      /** What that frees: nothing as long as another name stays. */
      readonly bytes: number
      /** Whether it is removed even if it belongs to the last verified copy of a model that machines share. */
      readonly lastCopy?: true | undefined
    } & PlannedFile)
  /** The entries of `replace` refer to `keep` and it is removed; or it becomes another name of `keep`, or shares its blocks. */
  | {
      readonly kind: 'share-bytes'
      readonly method: DedupeMethod
      /** The models that name `replace`. */
      readonly ids: readonly ModelId[]
      readonly digest: Sha256Digest
      readonly keep: PlannedFile
      readonly replace: PlannedFile
      readonly bytes: number
    }
  /** Of a `share-bytes` that was interrupted: `replaced` goes once what is at `file` by now is read and right, and else comes back. */
  | {
      readonly kind: 'finish-sharing'
      readonly file: string
      readonly replaced: PlannedFile
      readonly bytes: number
    }

/** What was found, and what `apply` would do about it. Plain JSON: it can be shown, saved and read back. */
export interface UpkeepPlan {
  readonly version: 1
  /** The only machine that may apply it: the one that made it. */
  readonly node: string
  /** ISO-8601 UTC. */
  readonly at: string
  readonly findings: readonly UpkeepFinding[]
  readonly actions: readonly UpkeepAction[]
  /** How many bytes applying it frees. */
  readonly bytes: number
}
