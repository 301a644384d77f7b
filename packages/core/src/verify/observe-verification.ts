import type { ModelId, VerificationEvent } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Finding, Verdict } from './verification-outcome.ts'

/** What becomes known of a verification while it runs. */
export interface VerificationReport {
  setFinding(finding: Finding): void
  /** Said only once the finding is recorded. */
  setVerdict(verdict: Verdict): void
}

/** Runs a verification and tells the observer of its end: an `error` unless there was a verdict. */
export async function observeVerification<T>(
  { observer, monotonicMs }: CatalogContext,
  id: ModelId,
  run: (report: VerificationReport) => Promise<T>,
): Promise<T> {
  const startedMs = monotonicMs()
  let outcome: VerificationEvent['outcome'] = 'error'
  let bytes = 0
  const report: VerificationReport = {
    setFinding: (finding) => {
      bytes = finding.kind === 'read' ? finding.read.sizeBytes : 0
    },
    setVerdict: (verdict) => {
      outcome = verdict.outcome === 'match' ? 'match' : 'mismatch'
    },
  }
  try {
    return await run(report)
  } finally {
    observer.onVerification({ id, outcome, bytes, durationMs: monotonicMs() - startedMs })
  }
}
