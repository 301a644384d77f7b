import type { CatalogContext } from '../context/catalog-ports.ts'
import { addModelId } from '../entry/errors.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import { assertPathsFree } from '../ownership/exclusive-update.ts'
import { judge } from '../verify/judge.ts'
import { observeVerification } from '../verify/observe-verification.ts'
import type { Verified } from '../verify/verified.ts'
import { acceptDownload } from './accept-download.ts'
import { attributionOf, type HolderRequest, renewDownload } from './download-holder.ts'
import { findDownloaded, readDownload } from './download-reading.ts'
import { assertStillFinishing } from './finished-download.ts'
import { refuseDownload } from './refuse-download.ts'

export interface FinishRequest extends HolderRequest, VerifyOptions {}

/**
 * Takes what was downloaded for the model's files if every one has the right bytes: syncs and reads them, then moves
 * them to their names, and only then says so. Wrong ones are quarantined, and the model is Failed. Resolves with the
 * verdict once it is durable.
 */
export async function finishDownload(context: CatalogContext, request: FinishRequest): Promise<Verified> {
  const { id, holder, forMs, signal, onProgress } = request
  signal?.throwIfAborted()
  const by = { id, holder, forMs, ...attributionOf(request) }
  const entry = await renewDownload(context, by)
  await assertPathsFree(context, entry)
  try {
    return await observeVerification(context, id, async (onReading) => {
      const finished = { ...by, target: await findDownloaded(context, entry) }
      const reading = await readDownload(context, { ...finished, signal, onProgress })
      onReading(reading)
      signal?.throwIfAborted()
      // From here on files are moved: for as long as that may take they are nobody else's.
      const now = await renewDownload(context, by)
      await assertPathsFree(context, now)
      // Before, because what stands at their names by now may be the right files of what the entry means by now.
      await assertStillFinishing(context, finished, now, reading)
      const verdict = judge(now, reading)
      return verdict.outcome === 'match'
        ? await acceptDownload(context, finished, reading)
        : await refuseDownload(context, finished, verdict)
    })
  } catch (error) {
    throw addModelId(id, error)
  }
}
