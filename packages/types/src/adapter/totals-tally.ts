import {
  type CatalogTotals,
  OTHER_OPERATION,
  type RecordedVerification,
  VERIFICATION_OUTCOMES,
  VERIFICATION_SECONDS_BUCKETS,
  type VerificationOutcome,
} from '../ports/catalog-totals.ts'

/** Totals as on disk, at the position of the snapshot that holds them. */
export interface WireTotals {
  readonly since: number
  readonly operations: Readonly<Record<string, number>>
  /** Absent if there were none. */
  readonly verifications?: WireVerifications
}

interface WireVerifications extends Readonly<Record<VerificationOutcome, number>> {
  readonly bytes: number
  readonly ms: number
  /** By the bounds of `VERIFICATION_SECONDS_BUCKETS`, each attempt in one of them; the last one has no bound. */
  readonly buckets: readonly number[]
}

/** The most operations that are told apart. */
const MAX_OPERATIONS = 100
const OPERATION_NAME = /^[a-z][a-z0-9-]{0,63}$/u

/**
 * Counts what a store applies. The result depends only on what is added, and on the order, as the state does.
 */
export class TotalsTally {
  readonly #since: number
  readonly #operations: Map<string, number>
  readonly #verifications: Map<VerificationOutcome, number>
  readonly #buckets: number[]
  #verifiedBytes: number
  #verificationMs: number

  /** @param totals what was counted before; if that is not known, counting begins at `since` */
  constructor(since: number, totals?: WireTotals) {
    this.#since = totals?.since ?? since
    this.#operations = new Map(Object.entries(totals?.operations ?? {}))
    const { verifications } = totals ?? {}
    this.#verifications = new Map(
      VERIFICATION_OUTCOMES.map((outcome) => [outcome, verifications?.[outcome] ?? 0]),
    )
    this.#buckets = [...(verifications?.buckets ?? NO_BUCKETS)]
    this.#verifiedBytes = verifications?.bytes ?? 0
    this.#verificationMs = verifications?.ms ?? 0
  }

  /** Adds a commit that took effect: the number of its changes, and its verification. */
  add(operation: string, changes: number, verification?: RecordedVerification): void {
    const name = this.#nameOf(operation)
    this.#operations.set(name, (this.#operations.get(name) ?? 0) + changes)
    if (verification === undefined) return
    const { outcome, bytes, durationMs } = verification
    this.#verifications.set(outcome, (this.#verifications.get(outcome) ?? 0) + 1)
    this.#verifiedBytes += bytes
    this.#verificationMs += durationMs
    const bucket = toDurationBucket(durationMs)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  /** Whether counting begins at this position: there is then nothing to write. */
  isEmptyAt(position: number): boolean {
    return this.#since === position && this.#operations.size === 0
  }

  /** The totals up to a position, frozen. */
  read(position: number): CatalogTotals {
    const cumulative = sumUp(this.#buckets)
    return Object.freeze({
      ...{ since: this.#since, position },
      operations: Object.freeze(Object.fromEntries(this.#operations)),
      verifications: Object.freeze(this.#outcomes()),
      verifiedBytes: this.#verifiedBytes,
      verificationSeconds: Object.freeze({
        count: cumulative.at(-1) ?? 0,
        sum: this.#verificationMs / 1000,
        buckets: Object.freeze(cumulative.slice(0, -1)),
      }),
    })
  }

  /** The totals as a snapshot of the journal has them. */
  toWire(): WireTotals {
    const operations = Object.fromEntries(this.#operations)
    const rest = { bytes: this.#verifiedBytes, ms: this.#verificationMs, buckets: [...this.#buckets] }
    return {
      ...{ since: this.#since, operations },
      ...(this.#buckets.some((count) => count > 0) && { verifications: { ...this.#outcomes(), ...rest } }),
    }
  }

  /** Bounded, as a store accepts any text for an operation. */
  #nameOf(operation: string): string {
    if (this.#operations.has(operation)) return operation
    return this.#operations.size < MAX_OPERATIONS ? toCountedOperation(operation) : OTHER_OPERATION
  }

  #outcomes(): Readonly<Record<VerificationOutcome, number>> {
    return Object.fromEntries(this.#verifications) as Record<VerificationOutcome, number>
  }
}

/** The name by which an operation is counted: `other` if it is not a word in small letters. */
export function toCountedOperation(operation: string): string {
  return OPERATION_NAME.test(operation) ? operation : OTHER_OPERATION
}

const NO_BUCKETS: readonly number[] = [...VERIFICATION_SECONDS_BUCKETS, Number.POSITIVE_INFINITY].map(() => 0)

/** In which bucket of `VERIFICATION_SECONDS_BUCKETS` an attempt is counted; the last one has no bound. */
export function toDurationBucket(durationMs: number): number {
  const bucket = VERIFICATION_SECONDS_BUCKETS.findIndex((bound) => durationMs / 1000 <= bound)
  return bucket < 0 ? VERIFICATION_SECONDS_BUCKETS.length : bucket
}

/** For each place the sum up to it. */
function sumUp(counts: readonly number[]): number[] {
  let sum = 0
  return counts.map((count) => {
    sum += count
    return sum
  })
}

/** What is wrong with totals that were read from disk, in words; undefined if nothing is. */
export function findTotalsProblem(wire: unknown): string | undefined {
  if (!isFields(wire)) return 'it is not an object'
  const { since, operations, verifications } = wire
  if (!isAmount(since)) return 'its "since" is not a position'
  if (!isFields(operations) || !Object.values(operations).every(isAmount))
    return 'its "operations" are not counts'
  if (verifications === undefined || areVerifications(verifications)) return undefined
  return 'its "verifications" are not counts'
}

function areVerifications(verifications: unknown): boolean {
  if (!isFields(verifications)) return false
  const { bytes, ms, buckets } = verifications
  const counts = VERIFICATION_OUTCOMES.map((outcome) => verifications[outcome])
  if (![bytes, ms, ...counts].every(isAmount)) return false
  return Array.isArray(buckets) && buckets.length === NO_BUCKETS.length && buckets.every(isAmount)
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
