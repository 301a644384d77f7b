/**
 * How an attempt to verify a model ended: `success` (its bytes are right), `failure` (they are wrong), `unreadable` (they
 * could not be read to their end), `superseded` (they were read, and the entry came to mean others meanwhile).
 */
export type VerificationOutcome = 'success' | 'failure' | 'unreadable' | 'superseded'

/** All of them, in the order in which they are shown. */
export const VERIFICATION_OUTCOMES: readonly VerificationOutcome[] = [
  ...(['success', 'failure', 'unreadable', 'superseded'] as const),
]

/** An attempt to verify a model, as it is recorded. */
export interface RecordedVerification {
  readonly outcome: VerificationOutcome
  /** How many bytes of its files were read; 0 if that did not come to its end. */
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

/** The name under which operations beyond the first hundred, and those with odd names, are counted. */
export const OTHER_OPERATION = 'other'

/**
 * What was done in the whole catalog, by every program that used it: the sum of the history, also of what was pruned of it.
 * To go on counting, `watch({ since: position })` gives exactly what is not in them yet.
 */
export interface CatalogTotals {
  /** The changes after this position are counted; 0 = all since the catalog was made. */
  readonly since: number
  /** The last position that is counted. */
  readonly position: number
  /** Changes by operation: a commit that changes several entries counts once for each of them. */
  readonly operations: Readonly<Record<string, number>>
  /** Attempts to verify a model, by outcome. */
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
  /** How many took no longer than each of {@link VERIFICATION_SECONDS_BUCKETS}: none counts less than the one before. */
  readonly buckets: readonly number[]
}
