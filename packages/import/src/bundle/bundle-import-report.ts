import type { BundleModel, BundleProblem } from '@catalog/types'
import type { ModelEntry } from 'model-catalog'

/**
 * What became of one model of a bundle. `added`: it is new here. `updated`: the id meant other bytes before, which the
 * history of the entry keeps. `known`: it is here as it is, and nothing changed. `verified`: it was known, and its
 * files were brought or read again. `wrong`: its bytes are not those that the bundle names. `failed`: it could
 * not be brought or registered; the error says why.
 */
export type BundleImportOutcome = 'added' | 'updated' | 'known' | 'verified' | 'wrong' | 'failed'

/** What became of one model of a bundle, and its entry. */
export interface BundleImportResult {
  readonly model: BundleModel
  readonly outcome: BundleImportOutcome
  /** The entry at the end; absent if there is none, and after a dry run of a new model. */
  readonly entry?: ModelEntry
  /** Why it is `wrong` or `failed`. */
  readonly error?: unknown
}

/** How far an import of a bundle has come. A byte that was copied and not read back yet counts half. */
export interface BundleImportProgress {
  readonly doneModels: number
  readonly totalModels: number
  readonly doneBytes: number
  readonly totalBytes: number
}

/** That an import of a bundle waits until the copy of a model that was cut off counts as given up. */
export interface BundleImportWait {
  readonly id: string
  /** For how long, in milliseconds. */
  readonly waitMs: number
}

/** What an import of a bundle did. */
export interface BundleImportReport {
  /** The real path of the bundle. */
  readonly directory: string
  /** In the order of the manifest. */
  readonly results: readonly BundleImportResult[]
  /** Records of the manifest that are not valid. */
  readonly problems: readonly BundleProblem[]
  /**
   * Files in the bundle that no record names, which are not imported: their paths in the bundle, sorted, and at most
   * 1000; without hidden ones. Empty if the export was interrupted or a record is not valid: then they may be those
   * of other models.
   */
  readonly unnamed: readonly string[]
  /** Whether the export that wrote the bundle did not come to its end: models may be missing. */
  readonly isUnfinished: boolean
}
