/** Room `change`: registering, updating, setting states, removing. */

import type { EntryContent, EntryUpdate, ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { digestOfFiles } from '../entry/manifest-digest.ts'
import type { WriteOptions } from '../entry/operation-options.ts'
import { withRefutedEvidence } from '../evidence/evidence.ts'
import { createInUse, findUsers } from '../lease/active-leases.ts'
import { findPathRivalry, hasOtherNames, updateExclusively } from '../ownership/exclusive-update.ts'

export interface ChangeRequest extends WriteOptions {
  readonly id: ModelId
  readonly update: EntryUpdate
}

/** What an entry's bytes, or what is known of them, depend on. */
const IDENTITY = ['source', 'digest', 'sizeBytes', 'file', 'location', 'linksInto', 'files'] as const

/** Where the bytes come from and go to. */
const ORIGIN = ['source', 'file', 'location', 'linksInto', 'files'] as const

/** Changes fields of an entry; where they say which bytes it means, it is Pending again, and nothing is believed of it. */
export async function changeModel(
  context: CatalogContext,
  { update, ...request }: ChangeRequest,
): Promise<ModelEntry> {
  const { before, after } = await updateExclusively(
    context,
    { ...request, operation: 'update' },
    {
      change: (entry) => applyUpdate(context, entry, update),
      findRivalry: findPathRivalry,
      isAsked: hasOtherNames(context),
    },
  )
  return after ?? before
}

function applyUpdate(context: CatalogContext, entry: ModelEntry, update: EntryUpdate): EntryContent {
  const changed = withFields(entry, withManifestDigest(context, entry, update))
  const isReplaced = (field: (typeof IDENTITY)[number]): boolean => !isSame(entry[field], changed[field])
  // A download of the model would go on with bytes from elsewhere, or to another place.
  if (ORIGIN.some(isReplaced)) assertNoDownload(context, entry)
  if (IDENTITY.some(isReplaced)) return toUnverified(changed)
  return isSame(entry, changed) ? entry : changed
}

function assertNoDownload(context: CatalogContext, entry: ModelEntry): void {
  const users = findUsers(context, entry).filter(({ use }) => use === 'download')
  if (users.length > 0) throw createInUse(entry.id, users)
}

/**
 * New files have a new manifest, whose digest follows from theirs where all are known. INVALID_INPUT where a new digest is
 * not that of the files. Without files the manifest has no digest either.
 */
function withManifestDigest(context: CatalogContext, entry: ModelEntry, update: EntryUpdate): EntryUpdate {
  if (update.files === null) return entry.files === undefined ? update : { digest: null, ...update }
  if (update.files === undefined) {
    // With any other digest no bytes would ever be right.
    if (entry.files !== undefined && update.digest) digestOfFiles(context, entry.files, update.digest)
    return update
  }
  const digest = digestOfFiles(context, update.files, update.digest ?? null)
  const isGivenAnew = update.digest !== undefined || update.digestOrigin !== undefined
  const isKept = isSame(update.files, entry.files) && !isGivenAnew
  return isKept ? update : { ...update, digest }
}

function withFields(entry: ModelEntry, update: EntryUpdate): EntryContent {
  const { digest, digestOrigin, name = entry.name, source = entry.source, ...optional } = update
  const place = { ...optional, ...placeOf(optional) }
  let changed: Record<string, unknown> = { ...entry, name, source }
  for (const [field, value] of Object.entries(place)) {
    if (value === undefined) continue
    const { [field]: _gone, ...rest } = changed
    changed = value === null ? rest : { ...changed, [field]: value }
  }
  return withDigest(changed as unknown as EntryContent, { digest, digestOrigin })
}

/** A new place is the only one, and the links of the old one say nothing of it. */
function placeOf({ file, location, linksInto = null }: EntryUpdate): EntryUpdate {
  if (isGiven(file)) return { location: null, linksInto: null }
  if (location === undefined) return {}
  return location === null ? { linksInto: null } : { file: null, linksInto }
}

/** A digest that a caller gives is declared, also where it is the one that was computed. */
function withDigest(
  entry: EntryContent,
  { digest, digestOrigin = 'caller' }: Pick<EntryUpdate, 'digest' | 'digestOrigin'>,
): EntryContent {
  if (digest === undefined) return entry
  if (digest !== null) return { ...entry, digest, digestOrigin }
  const { digestOrigin: _origin, ...rest } = entry
  return { ...rest, digest }
}

function toUnverified(entry: EntryContent): EntryContent {
  const { failure: _failure, failedDownload: _failed, facts: _facts, ...rest } = withRefutedEvidence(entry)
  return { ...rest, state: 'Pending', verifiedAt: null }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
