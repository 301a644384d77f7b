/** What was read of a history and found right. */
export interface VerifiedHistory {
  /** How many parts the store keeps it in. */
  readonly segments: number
  readonly records: number
  /** The position before the first record. */
  readonly from: number
  /** That of the last one. */
  readonly to: number
}

/** Where the chain does not hold. */
export interface HistoryProblem {
  readonly segment: number
  readonly path: string
  /** In bytes from the start of the file. */
  readonly offset?: number
  /** The first record that cannot be relied on. */
  readonly record?: number
  readonly problem: string
}

/** What checking the history found: all of it whole, or the first problem. */
export type HistoryReport = VerifiedHistory &
  ({ readonly ok: true } | ({ readonly ok: false } & HistoryProblem))

/** How much room a history takes. */
export interface HistorySize {
  /** How many parts the store keeps it in. */
  readonly segments: number
  /** What they take on disk, with the snapshots that they start from; 0 for a store that has no disk. */
  readonly bytes: number
}

/** How much of a history is kept. */
export interface PruneOptions {
  /** How many of the last segments are kept, the present one among them; at least and by default 2. */
  readonly keepSegments?: number | undefined
  /** Keep also every segment with a record that is not older than this, by its writer's clock. */
  readonly before?: Date | undefined
  /** Only tells what would be removed. */
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
