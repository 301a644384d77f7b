import {
  createInvalidInput,
  type DownloadStart,
  type EntryContent,
  LifecycleState,
  type ModelEntry,
} from '@catalog/types'
import { type CatalogContext, type CatalogPolicy, isOwnNode } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { toUntil } from '../entry/time-span.ts'
import { dropEvidence, type IsLive } from '../evidence/evidence.ts'
import { livenessOf } from '../evidence/liveness.ts'
import { findAnyEvidence } from '../evidence/own-evidence.ts'
import { updateExclusively } from '../ownership/exclusive-update.ts'
import { findStanding, type ModelStanding } from '../serve/standing.ts'
import { findDirectoryMove } from './collecting-directory.ts'
import { completeMoves, downloadPathOf, type FilePlace, findPresent, placesOf } from './download-files.ts'
import { assertNotDownloaded, type HolderRequest, isHeldBy } from './download-holder.ts'
import { findDownloadRivalry } from './download-rivalry.ts'
import { findPlaceVolume } from './download-volume.ts'

/** One file to fetch, or one that already exists. */
export interface DownloadFile extends FilePlace {
  /** Whether the whole file exists, not yet verified: `finish` reads it, and there is nothing to fetch. */
  readonly isPresent: boolean
  /** From which byte the partial file continues. */
  readonly start: DownloadStart
}

/** A download that the caller holds until `until`, or longer if it is renewed. */
export interface ModelDownload {
  readonly needed: true
  readonly id: string
  readonly entry: ModelEntry
  readonly holder: string
  /** ISO-8601 UTC. */
  readonly until: string
  readonly files: readonly DownloadFile[]
}

/** Nothing to download: the model is verified on this node, and its files are unchanged since. */
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
  const volume = await findPlaceVolume(context, id)
  const isLive = await livenessOf(context)
  const policy = await policyOf(context)
  const change = async (now: ModelEntry): Promise<EntryContent | undefined> => {
    const { kind } = findStanding(context, now, policy)
    if (kind === 'in-order' && isUsable(now)) return undefined
    assertPlace(now, inPlace)
    assertNotDownloaded(context, now, holder)
    const path = downloadPathOf(context, now, await findDirectoryMove(context, now))
    return withDownload(context, now, kind, { holder, forMs, path, volume, isLive })
  }
  const request = { ...by, id, operation: 'begin-download' }
  const { before, after } = await updateExclusively(context, request, {
    change,
    findRivalry: findDownloadRivalry,
  })
  const entry = after ?? before
  if (after === before) return { needed: false, id, entry }
  const files = await prepareFiles(context, entry)
  // Stryker disable next-line OptionalChaining,StringLiteral: only the types need this: what was committed has a download.
  return { needed: true, id, entry, holder, until: entry.download?.until ?? '', files }
}

/** Whether the model is in order here: verified on a volume that is here, and no file touched since. */
export function isInOrder(context: CatalogContext, entry: ModelEntry, policy: CatalogPolicy): boolean {
  return isUsable(entry) && findStanding(context, entry, policy).kind === 'in-order'
}

function isUsable({ state }: EntryContent): boolean {
  return state === LifecycleState.Active || state === LifecycleState.Retired
}

function assertPlace({ location, linksInto }: EntryContent, inPlace: boolean): void {
  if (linksInto !== undefined) {
    const problem = `must not be set to download to ${location}: files there may be links into ${linksInto}`
    throw createInvalidInput([{ field: 'linksInto', problem }])
  }
  if (location === undefined || inPlace) return
  const problem = `must be true to download to ${location}, outside the root`
  throw createInvalidInput([{ field: 'inPlace', problem }])
}

interface Holding {
  readonly holder: string
  readonly forMs: number
  readonly path: string
  readonly volume: string | undefined
  readonly isLive: IsLive
}

/** With the download recorded, and without what is known of files that are others, or gone. */
function withDownload(
  context: CatalogContext,
  entry: ModelEntry,
  standing: ModelStanding['kind'],
  { holder, forMs, path, volume, isLive }: Holding,
): EntryContent {
  const { node, clock } = context
  const { download } = entry
  const isOwn = download !== undefined && isHeldBy(context, download, holder)
  const startedAt = isOwn ? download.startedAt : clock.now().toISOString()
  // Evidence stays if the file is stale, away, or was never read here.
  const isLost = standing === 'changed' || standing === 'missing'
  const own = isLost ? findAnyEvidence(context, entry) : undefined
  // What stands unread at a name of a file from before a crash is still to be told of.
  const placing = download?.placing === true && isOwnNode(context, download.node)
  return {
    // The state goes with the last word for the right bytes.
    ...(own?.evidence.outcome === 'match' ? dropEvidence(entry, own.key, isLive) : entry),
    download: {
      ...{ holder, node, path, startedAt, until: toUntil(context, forMs) },
      // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
      ...(volume !== undefined && { volume }),
      ...(placing && { placing: true as const }),
    },
  }
}

async function prepareFiles(context: CatalogContext, entry: ModelEntry): Promise<readonly DownloadFile[]> {
  const files: DownloadFile[] = []
  for (const file of await placesOf(context, entry, await findDirectoryMove(context, entry))) {
    const { part, path, partialPath } = file
    await context.files.makeParent(partialPath)
    await completeMoves(context, file)
    const start = await context.verifier.resumeDownload(partialPath)
    const isPresent = (await findPresent(context, entry, file)) !== undefined
    files.push({ ...(part !== undefined && { part }), path, partialPath, isPresent, start })
  }
  return files
}
