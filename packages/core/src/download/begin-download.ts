import {
  type CatalogErrorCode,
  createInvalidInput,
  type DownloadStart,
  type EntryContent,
  isCatalogError,
  LifecycleState,
  type ModelEntry,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { dropEvidence, evidenceOf, isMatchingEvidence } from '../entry/evidence.ts'
import { toUntil } from '../entry/time-span.ts'
import { updateExclusively } from '../ownership/exclusive-update.ts'
import { findVerifiedFiles } from '../serve/verified-files.ts'
import { completeMove, downloadPathOf, type FilePlace, isPresent, placesOf } from './download-files.ts'
import { assertNotDownloaded, type HolderRequest, isHeldBy } from './download-holder.ts'
import { findDownloadRivalry } from './download-rivalry.ts'

/** One file to be fetched, or already there. */
export interface DownloadFile extends FilePlace {
  /** The final file is there, not yet verified: `finishDownload` reads it, and nothing is to be fetched. */
  readonly isPresent: boolean
  /** From where the partial file goes on. */
  readonly start: DownloadStart
}

/** A download that the caller holds until its time, or longer if renewed. */
export interface ModelDownload {
  readonly needed: true
  readonly id: string
  readonly entry: ModelEntry
  readonly holder: string
  /** ISO-8601 UTC. */
  readonly until: string
  readonly files: readonly DownloadFile[]
}

/** Nothing to download: the model is verified on this node, and its files are as they were then. */
export interface NoDownload {
  readonly needed: false
  readonly id: string
  readonly entry: ModelEntry
}

export interface BeginRequest extends HolderRequest {
  readonly inPlace: boolean
}

/** Records who downloads the model, and only then says where to. */
export async function beginDownload(
  context: CatalogContext,
  { id, holder, forMs, inPlace, ...by }: BeginRequest,
): Promise<ModelDownload | NoDownload> {
  const change = (now: ModelEntry): EntryContent | undefined => {
    if (isInOrder(context, now)) return undefined
    assertPlace(now, inPlace)
    assertNotDownloaded(context, now, holder)
    return withDownload(context, now, { holder, forMs })
  }
  const request = { ...by, id, operation: 'begin-download' }
  const { before, after } = await updateExclusively(context, request, {
    change,
    findRivalry: findDownloadRivalry,
  })
  const entry = after ?? before
  if (after === before) return { needed: false, id, entry }
  const files = await prepareFiles(context, entry)
  return { needed: true, id, entry, holder, until: entry.download?.until ?? '', files }
}

/** What says that a file is not the verified one. */
const OF_THE_FILE: ReadonlySet<CatalogErrorCode> = new Set([
  'FILE_MISSING',
  'FILE_CHANGED',
  'NOT_A_REGULAR_FILE',
])

/** Whether the model is in order here: verified on this node, and no file touched since. */
function isInOrder(context: CatalogContext, entry: ModelEntry): boolean {
  const { Active, Retired } = LifecycleState
  if (entry.state !== Active && entry.state !== Retired) return false
  const evidence = evidenceOf(entry, context.node)
  if (evidence === undefined || !isMatchingEvidence(entry, evidence)) return false
  try {
    findVerifiedFiles(context, entry, evidence)
    return true
  } catch (error) {
    if (isCatalogError(error) && OF_THE_FILE.has(error.code)) return false
    throw error
  }
}

function assertPlace({ location }: EntryContent, inPlace: boolean): void {
  if (location === undefined || inPlace) return
  const problem = `must be true to download to ${location}, outside the root`
  throw createInvalidInput([{ field: 'inPlace', problem }])
}

/** With the download recorded, and without the evidence of files that are not there any more. */
function withDownload(
  context: CatalogContext,
  entry: EntryContent,
  { holder, forMs }: { readonly holder: string; readonly forMs: number },
): EntryContent {
  const { node, clock } = context
  const { download } = entry
  const isOwn = download !== undefined && isHeldBy(context, download, holder)
  const startedAt = isOwn ? download.startedAt : clock.now().toISOString()
  const path = downloadPathOf(context, entry)
  return {
    // Where the bytes were right here and are so no more, this node's word for them ends, and with the last word the state.
    ...(evidenceOf(entry, node)?.outcome === 'match' ? dropEvidence(entry, node) : entry),
    download: { holder, node, path, startedAt, until: toUntil(context, forMs) },
  }
}

async function prepareFiles(context: CatalogContext, entry: ModelEntry): Promise<readonly DownloadFile[]> {
  const files: DownloadFile[] = []
  for (const place of placesOf(context, entry)) {
    await context.files.makeParent(place.path)
    await completeMove(context, place)
    const start = await context.verifier.resumeDownload(place.partialPath)
    files.push({ ...place, isPresent: await isPresent(context, entry, place), start })
  }
  return files
}
