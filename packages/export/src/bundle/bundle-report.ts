import type { ModelId, StateCounts } from 'model-catalog'

/** How far an export has come. */
export interface BundleProgress {
  readonly doneModels: number
  readonly totalModels: number
  /** Copied, or read in the bundle. */
  readonly doneBytes: number
  readonly totalBytes: number
}

/**
 * What became of one model. `added`: it is new in the bundle. `updated`: the bundle had other bytes, or another
 * description, for this id. `known`: the bundle had it as it is. `repaired`: the bundle had it, and a file of it was
 * missing or wrong. `left-out`: the digest or size of a file is not known. `failed`: the error says why it is not in
 * the bundle.
 */
export type BundleOutcome = 'added' | 'updated' | 'known' | 'repaired' | 'left-out' | 'failed'

/** What became of one model. */
export interface BundledModel {
  readonly id: ModelId
  readonly outcome: BundleOutcome
  /** 0 if it is not known. */
  readonly sizeBytes: number
  /** How many of them were copied, or would be. */
  readonly copiedBytes: number
  readonly error?: unknown
}

/** What an export did. */
export interface ExportedBundle {
  /** Absolute. */
  readonly directory: string
  readonly models: readonly BundledModel[]
  /** How many models in each state the choice left out: without `ids`, all that are not Active. */
  readonly otherStates: StateCounts
}
