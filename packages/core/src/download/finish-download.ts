import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import { createMismatch } from '../verify/mismatch-error.ts'
import { observeVerification } from '../verify/observe-verification.ts'
import { judge } from '../verify/verification-outcome.ts'
import { acceptDownload } from './accept-download.ts'
import { attributionOf, type HolderRequest, renewDownload } from './download-holder.ts'
import { readDownload } from './download-reading.ts'
import { assertStillMeant } from './finished-download.ts'
import { refuseDownload } from './refuse-download.ts'

export interface FinishRequest extends HolderRequest, VerifyOptions {}

/**
 * Takes what was downloaded for the model's files if every one has the right bytes: syncs and reads them, then moves
 * them to their names, and only then says so. Wrong ones are put aside, and the model is Failed.
 */
export async function finishDownload(context: CatalogContext, request: FinishRequest): Promise<ModelEntry> {
  const { id, holder, forMs, signal, onProgress } = request
  signal?.throwIfAborted()
  const by = { id, holder, forMs, ...attributionOf(request) }
  const entry = await renewDownload(context, by)
  const finished = { ...by, entry }
  return observeVerification(context, id, async (report) => {
    const reading = await readDownload(context, { ...finished, signal, onProgress })
    report.setFinding(reading.finding)
    signal?.throwIfAborted()
    // From here on files are moved: for as long as that may take they are nobody else's.
    const now = await renewDownload(context, by)
    // Before, because what stands at their names by now may be the right files of what the entry means by now.
    assertStillMeant(context, finished, { now, finding: reading.finding })
    const verdict = judge(now, reading.finding)
    if (verdict.outcome === 'match') {
      const accepted = await acceptDownload(context, finished, reading)
      report.setVerdict(verdict)
      return accepted
    }
    const finding = await refuseDownload(context, finished, reading)
    report.setVerdict(verdict)
    throw createMismatch(id, { ...finding, isQuarantined: true }, verdict)
  })
}
