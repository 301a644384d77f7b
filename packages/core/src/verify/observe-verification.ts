import type { VerificationEvent } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { UpdateRequest } from '../entry/update-entry.ts'
import { VerificationAttempt } from './verification-attempt.ts'
import type { Verified } from './verified.ts'

/** Who verifies which model, by which operation, and what aborts it. */
export interface ObservedVerification extends UpdateRequest {
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a verification, which records its verdict with what the attempt says. Records one that ended in an error, and tells
 * the observer of its end: an `error` unless its verdict was recorded.
 */
export async function observeVerification(
  context: CatalogContext,
  { signal, ...request }: ObservedVerification,
  run: (attempt: VerificationAttempt) => Promise<Verified>,
): Promise<Verified> {
  const attempt = new VerificationAttempt(context, request)
  let outcome: VerificationEvent['outcome'] = 'error'
  try {
    const verified = await run(attempt)
    outcome = verified.verdict.outcome === 'match' ? 'match' : 'mismatch'
    return verified
  } catch (error) {
    if (signal?.aborted !== true) await attempt.recordError(error)
    throw error
  } finally {
    const { bytes, durationMs } = attempt
    context.observer.onVerification({ id: request.id, outcome, bytes, durationMs })
  }
}
