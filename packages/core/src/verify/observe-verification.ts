import type { ModelId, VerificationEvent } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Reading } from '../entry/reading.ts'
import type { Verified } from './verified.ts'

/** Runs a verification and tells the observer of its end: an `error` unless its verdict was recorded. */
export async function observeVerification(
  { observer, monotonicMs }: CatalogContext,
  id: ModelId,
  run: (onReading: (reading: Reading) => void) => Promise<Verified>,
): Promise<Verified> {
  const startedMs = monotonicMs()
  let outcome: VerificationEvent['outcome'] = 'error'
  let bytes = 0
  try {
    const verified = await run((reading) => {
      bytes = reading.bytes
    })
    outcome = verified.verdict.outcome === 'match' ? 'match' : 'mismatch'
    return verified
  } finally {
    observer.onVerification({ id, outcome, bytes, durationMs: monotonicMs() - startedMs })
  }
}
