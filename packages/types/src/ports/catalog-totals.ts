/**
 * How a verification attempt ended: `success` (the bytes are right), `failure` (they are wrong), `unreadable`
 * (they could not be read to the end), `superseded` (they were read, but meanwhile the entry was changed to
 * mean other bytes).
 */
export type VerificationOutcome = 'success' | 'failure' | 'unreadable' | 'superseded'

/** Every outcome, in the order in which they are shown. */
export const VERIFICATION_OUTCOMES: readonly VerificationOutcome[] = [
  ...(['success', 'failure', 'unreadable', 'superseded'] as const),
]

/** One verification attempt, as it is recorded. */
export interface RecordedVerification {
  readonly outcome: VerificationOutcome
  /** How many bytes of its files were read; 0 if reading did not complete. */
  readonly bytes: number
  /** How long the attempt took, in whole milliseconds. */
  readonly durationMs: number
  /** The code of the error that ended it; absent if there is a verdict. */
  readonly code?: string
}

/** The upper bounds of the buckets of `CatalogTotals.verificationSeconds`: for files of 1 to 400 GB at 0.1 to 4 GB/s. */
export const VERIFICATION_SECONDS_BUCKETS: readonly number[] = [
  ...[0.1, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1200, 3600, 7200, 14_400],
]

/**
 * The name under which operations are counted beyond the first hundred names, and those whose name is not a
 * plain word.
 */
export const OTHER_OPERATION = 'other'

/**
 * What every program did in the catalog: the sum of the history, including the pruned part. `watch({ since:
 * position })` gives exactly the changes that are not counted yet.
 */
export interface CatalogTotals {
  /** Changes after this position are counted; 0: all changes since the catalog was created. */
  readonly since: number
  /** The last position that is counted. */
  readonly position: number
  /** Changes by operation. A commit that changes several entries counts once for each of them. */
  readonly operations: Readonly<Record<string, number>>
  /** Verification attempts, by outcome. */
  readonly verifications: Readonly<Record<VerificationOutcome, number>>
  /** The bytes that these attempts read. */
  readonly verifiedBytes: number
  /** How long these attempts took. */
  readonly verificationSeconds: DurationHistogram
}

/** A histogram of durations in seconds. */
export interface DurationHistogram {
  readonly count: number
  readonly sum: number
  /**
   * How many took no longer than each of {@link VERIFICATION_SECONDS_BUCKETS}. Cumulative: no number is
   * smaller than the one before.
   */
  readonly buckets: readonly number[]
}
