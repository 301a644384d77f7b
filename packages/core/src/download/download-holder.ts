import type { Attribution, Download, EntryContent, ModelEntry, ModelId } from '@catalog/types'
import { CatalogError } from '@catalog/types'
import { type CatalogContext, isOwnNode } from '../context/catalog-ports.ts'
import { toUntil } from '../entry/time-span.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { createInUse, isActive, toUser } from '../lease/active-leases.ts'
import type { DownloadFailure, HolderOptions } from './download-options.ts'

export interface HolderRequest extends HolderOptions {
  readonly id: ModelId
}

/**
 * Whether the download is this holder's, into files that are here: those of a volume that is here, or, where the volume has
 * no anchor, of this machine.
 */
export function isHeldBy(context: CatalogContext, download: Download, holder: string): boolean {
  if (download.holder !== holder) return false
  const { volume } = download
  if (volume === undefined) return isOwnNode(context, download.node)
  return context.volumes.list().some(({ id }) => id === volume)
}

/** IN_USE while another holder's download is active. */
export function assertNotDownloaded(context: CatalogContext, entry: EntryContent, holder: string): void {
  const { id, download } = entry
  if (download === undefined || isHeldBy(context, download, holder)) return
  if (isActive(context, download)) throw createInUse(id, [toUser('download', download)])
}

/**
 * The holder's download, or DOWNLOAD_ENDED: also if another holder's, which took its place, has expired by now, because
 * the files are that one's then.
 */
export function heldDownload(context: CatalogContext, entry: ModelEntry, holder: string): Download {
  const { id, download } = entry
  if (download === undefined || !isHeldBy(context, download, holder)) {
    throw createDownloadEnded(id, holder, download)
  }
  return download
}

/** A renewal, and whether it also records that files are moved to their names from now on. */
export interface RenewRequest extends HolderRequest {
  readonly isPlacing?: (entry: ModelEntry) => boolean
}

/** Keeps the holder's download from others for so much longer. One that expired is the holder's until taken over. */
export async function renewDownload(
  context: CatalogContext,
  // Stryker disable next-line ArrowFunction: undefined counts as false.
  { holder, forMs, isPlacing = () => false, ...by }: RenewRequest,
): Promise<ModelEntry> {
  const { before, after } = await updateEntry(context, { ...by, operation: 'renew-download' }, (entry) => {
    const download = { ...heldDownload(context, entry, holder), until: toUntil(context, forMs) }
    return { ...entry, download: isPlacing(entry) ? { ...download, placing: true } : download }
  })
  return after ?? before
}

/** Gives the holder's download up; its partial file stays. Without a failure nothing where it has none. */
export async function abandonDownload(
  context: CatalogContext,
  {
    holder,
    id,
    failed,
    ...by
  }: Omit<HolderRequest, 'forMs'> & { readonly failed?: DownloadFailure | undefined },
): Promise<ModelEntry> {
  const update = { ...by, id, operation: 'abandon-download' }
  const { before, after } = await updateEntry(context, update, (entry) => {
    if (entry.download !== undefined) heldDownload(context, entry, holder)
    const given = entry.download === undefined ? entry : withoutDownload(entry)
    return failed === undefined ? given : withFailed(context, given, { holder, ...failed })
  })
  return after ?? before
}

function withFailed(
  context: CatalogContext,
  entry: EntryContent,
  { holder, problem, retryAfterMs }: DownloadFailure & { readonly holder: string },
): EntryContent {
  const attempts = (entry.failedDownload?.attempts ?? 0) + 1
  const now = context.clock.now()
  const at = now.toISOString()
  const retryAt =
    retryAfterMs === undefined ? {} : { retryAt: new Date(now.getTime() + retryAfterMs).toISOString() }
  return { ...entry, failedDownload: { attempts, problem, holder, node: context.node, at, ...retryAt } }
}

export function withoutDownload({ download: _download, ...entry }: EntryContent): EntryContent {
  return entry
}

/** Who acts, and why. */
export function attributionOf({ actor, reason }: Attribution): Attribution {
  return { actor, reason }
}

function createDownloadEnded(
  id: ModelId,
  holder: string,
  other: Download | undefined,
): CatalogError<'DOWNLOAD_ENDED'> {
  if (other === undefined) {
    const message = `${holder} has no download of model "${id}": it was not begun, or has ended`
    return new CatalogError('DOWNLOAD_ENDED', message, { id, holder })
  }
  const heldBy = toUser('download', other)
  const message = `${holder} has no download of model "${id}": ${other.holder} on ${other.node} has it until ${other.until}`
  return new CatalogError('DOWNLOAD_ENDED', message, { id, holder, heldBy })
}
