import type { CatalogError, ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createConflict } from '../entry/errors.ts'
import type { Finding } from '../verify/verification-outcome.ts'
import { downloadPathOf } from './download-files.ts'
import { type HolderRequest, heldDownload } from './download-holder.ts'

/** A download that is being finished, and the entry as it was when that began. */
export interface FinishedDownload extends HolderRequest {
  readonly entry: ModelEntry
}

/**
 * DOWNLOAD_ENDED if the download is no longer the holder's, CONFLICT if the entry came to mean other bytes while they
 * were read. Tags, leases and the evidence of other nodes may have changed; a digest may have become the one
 * that was found.
 */
export function assertStillMeant(
  context: CatalogContext,
  finished: FinishedDownload,
  { now, finding }: { readonly now: ModelEntry; readonly finding: Finding },
): void {
  const { holder, entry } = finished
  const download = heldDownload(context, now, holder)
  const isSame =
    download.startedAt === entry.download?.startedAt &&
    now.registeredAt === entry.registeredAt &&
    now.source === entry.source &&
    now.sizeBytes === entry.sizeBytes &&
    (now.digest === entry.digest || (finding.kind === 'read' && finding.read.digest === now.digest)) &&
    JSON.stringify(now.files) === JSON.stringify(entry.files) &&
    downloadPathOf(context, now) === downloadPathOf(context, entry)
  if (!isSame) throw createOvertaken(finished, now)
}

/** The entry came to mean other bytes. */
export function createOvertaken({ id, entry }: FinishedDownload, now: ModelEntry): CatalogError<'CONFLICT'> {
  return createConflict({ id, expectedRevision: entry.revision, foundRevision: now.revision })
}
