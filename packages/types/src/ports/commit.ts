import type { EntryContent, ModelEntry } from '../entry/model-entry.ts'
import type { ModelId } from '../entry/model-id.ts'
import type { Attribution } from '../input/registration.ts'
import type { RecordedVerification } from './catalog-totals.ts'

/**
 * What to make of one entry, if it is still at the revision that the caller saw. Removing an entry that does
 * not exist is not a change.
 */
export interface Change {
  readonly id: ModelId
  /** The revision that this change builds on; 0 = there is no such entry. */
  readonly ifRevision: number
  /** The whole new entry, or null to remove it. */
  readonly entry: EntryContent | null
}

/** Changes that take effect together or not at all. */
export interface Commit extends Attribution {
  /** What was done, in one word: `register`, `verify`, `set-state`, `remove` … */
  readonly operation: string
  /** At least one, unless the commit only records a verification. */
  readonly changes: readonly Change[]
  /**
   * The verification attempt that led to this, of a model in `changes`. Without changes it takes effect if
   * the id exists, at any revision, and the revision stays the same.
   */
  readonly verification?: (RecordedVerification & { readonly id: ModelId }) | undefined
}

/** Why a commit had no effect. */
export interface RevisionConflict {
  readonly id: ModelId
  readonly expectedRevision: number
  /** 0 if the entry does not exist. */
  readonly foundRevision: number
  /** The id of the entry in the way, which may differ from `id` in case. */
  readonly foundId: string
}

/** Whether a commit took effect, and if not, why. */
export type CommitOutcome =
  | {
      readonly applied: true
      /** One for each change, in order; null where the entry was removed. Without changes the one that was verified. */
      readonly entries: readonly (ModelEntry | null)[]
    }
  | {
      readonly applied: false
      /** None for a verification without changes of a model that is not in the catalog. */
      readonly conflicts: readonly RevisionConflict[]
    }

/** One change that took effect, or one recorded verification, with who, when and why. */
export interface CommittedChange extends Attribution {
  /** The store's position right after the commit; several changes may share one. */
  readonly position: number
  /** By the writer's clock, ISO-8601 UTC. */
  readonly at: string
  readonly operation: string
  readonly id: ModelId
  readonly revision: number
  readonly entry: ModelEntry | null
  /** The verification attempt that led to this. */
  readonly verification?: RecordedVerification
  /** Present if nothing of the entry changed: this only records the verification, and the revision is an old one. */
  readonly isUnchanged?: true
  /**
   * What a newer version recorded and this one does not know, as it is stored and where it is stored: fields of the commit;
   * of its verification in `verification`; of the change in `changes`, a list of one.
   */
  readonly extra?: Readonly<Record<string, unknown>>
}
