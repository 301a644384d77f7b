import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Reading } from '../entry/reading.ts'
import { assertStillMeant, createSuperseded } from '../verify/still-meant.ts'
import type { VerificationTarget } from '../verify/verification-target.ts'
import { type HolderRequest, heldDownload } from './download-holder.ts'

/** A download that is being finished: its files, and the entry as it was when that began. */
export interface FinishedDownload extends HolderRequest {
  readonly target: VerificationTarget
}

/**
 * DOWNLOAD_ENDED if the download is no longer the holder's; CONFLICT if the entry came to mean other bytes while they
 * were read, by the rule that holds for every reading.
 */
export async function assertStillFinishing(
  context: CatalogContext,
  { holder, target }: FinishedDownload,
  now: ModelEntry,
  reading: Reading,
): Promise<void> {
  const { startedAt } = heldDownload(context, now, holder)
  if (startedAt !== target.entry.download?.startedAt) throw createSuperseded(target, now)
  await assertStillMeant(context, target, now, reading)
}
