/** The part of a history that was read and found right. */
export interface VerifiedHistory {
  /** The number of parts in which the store keeps it. */
  readonly segments: number
  readonly records: number
  /** The position before the first record. */
  readonly from: number
  /** The position of the last record. */
  readonly to: number
}

/** The first place at which the history cannot be relied on. */
export interface HistoryProblem {
  readonly segment: number
  readonly path: string
  /** In bytes from the start of the file. */
  readonly offset?: number
  /** The first record that cannot be relied on. */
  readonly record?: number
  readonly problem: string
}

/** The result of checking the history: all of it is whole, or the first problem. */
export type HistoryReport = VerifiedHistory &
  ({ readonly ok: true } | ({ readonly ok: false } & HistoryProblem))

/** How much space a history takes. */
export interface HistorySize {
  /** The number of parts in which the store keeps it. */
  readonly segments: number
  /** Their size on disk, with the snapshots that they start from; 0 for a store without a disk. */
  readonly bytes: number
}

/** How much of a history is kept. */
export interface PruneOptions {
  /** How many of the last segments are kept, with the present one; at least 2, which is the default. */
  readonly keepSegments?: number | undefined
  /** Also keep every segment with a record that is not older than this, by its writer's clock. */
  readonly before?: Date | undefined
  /** Whether to report what would be removed and to remove nothing. Default false. */
  readonly dryRun?: boolean | undefined
}

/** A file of the history that pruning removed. */
export interface RemovedFile {
  readonly path: string
  readonly sizeBytes: number
}

/** What pruning removed, and what it kept. */
export interface PrunedHistory {
  readonly removed: readonly RemovedFile[]
  /** How many segments are kept. */
  readonly segments: number
}
