import {
  isCatalogError,
  type ModelEntry,
  type RecordedVerification,
  type VerificationOutcome,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Reading } from '../entry/reading.ts'
import { type AttemptRecord, recordAttempt, type UpdateRequest } from '../entry/update-entry.ts'
import { judge } from './judge.ts'

/** One attempt to verify a model, from before its first byte is read until it is recorded: once, however it ends. */
export class VerificationAttempt {
  readonly #context: CatalogContext
  readonly #request: UpdateRequest
  readonly #startedMs: number
  #bytes = 0
  #isRecorded = false

  constructor(context: CatalogContext, request: UpdateRequest) {
    this.#context = context
    this.#request = request
    this.#startedMs = context.monotonicMs()
  }

  /** How many bytes the last reading of it read. */
  get bytes(): number {
    return this.#bytes
  }

  get durationMs(): number {
    return this.#context.monotonicMs() - this.#startedMs
  }

  onReading({ bytes }: Reading): void {
    this.#bytes = bytes
  }

  /** What the commit says that records the verdict on a reading. */
  recordOf(reading: Reading): AttemptRecord {
    return {
      of: (before: ModelEntry) =>
        this.#toRecord(judge(before, reading).outcome === 'match' ? 'success' : 'failure'),
      onRecorded: () => {
        this.#isRecorded = true
      },
    }
  }

  /** Records an attempt that ended in an error before it was judged, if the model is to blame for it, and nothing else. */
  async recordError(error: unknown): Promise<void> {
    const outcome = this.#isRecorded ? undefined : outcomeOf(error, this.#bytes)
    // Stryker disable next-line ConditionalExpression,LogicalOperator: a store refuses a record without an outcome, which changes nothing.
    if (outcome === undefined || !isCatalogError(error)) return
    await recordAttempt(this.#context, this.#request, { ...this.#toRecord(outcome), code: error.code })
  }

  #toRecord(outcome: VerificationOutcome): RecordedVerification {
    return { outcome, bytes: this.#bytes, durationMs: Math.max(0, Math.round(this.durationMs)) }
  }
}

/** Undefined for what says nothing of the model: an aborted signal, a store that cannot be written, a lost download. */
function outcomeOf(error: unknown, bytes: number): VerificationOutcome | undefined {
  if (isCatalogError(error, 'CONFLICT')) return bytes > 0 ? 'superseded' : undefined
  // Of the store: a write that failed says what became of it.
  if (isCatalogError(error, 'IO')) return error.details.outcome === undefined ? 'unreadable' : undefined
  const isOfFile =
    isCatalogError(error, 'FILE_MISSING') ||
    isCatalogError(error, 'FILE_CHANGED') ||
    isCatalogError(error, 'NOT_A_REGULAR_FILE')
  return isOfFile ? 'unreadable' : undefined
}
