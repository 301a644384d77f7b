import {
  CatalogError,
  createInvalidInput,
  type EntryContent,
  isCatalogError,
  type ModelEntry,
  type ModelId,
} from '@catalog/types'
import { foldModelId } from '@catalog/types/adapter'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { type ChangeEntry, type Updated, type UpdateRequest, updateEntry } from '../entry/update-entry.ts'
import {
  conflictPathsOf,
  findCollected,
  findOwnConflict,
  findPathConflict,
  type NamedEntry,
  namesOf,
  toNamed,
} from './claims.ts'
import { findCandidates } from './naming-entries.ts'

/** Why two entries cannot both be as they are; undefined if they can. Pure. */
export type FindRivalry = (
  context: CatalogContext,
  mine: NamedEntry,
  other: NamedEntry,
) => CatalogError | undefined

/** Another entry that stands in the way of one. */
interface Rival {
  readonly id: ModelId
  readonly error: CatalogError
}

/** ALREADY_EXISTS if another entry names one of these paths, except for a file of which both declare the same digest. */
export async function assertPathsFree(context: CatalogContext, entry: EntryContent): Promise<void> {
  await assertNoRival(context, entry, findPathRivalry)
}

/** ALREADY_EXISTS with the path for two entries that name one path. */
export const findPathRivalry: FindRivalry = (context, mine, other) => {
  const conflict = findPathConflict(context, mine, other)
  if (conflict === undefined) return undefined
  const { path, reason } = conflict
  const [id, existingId] = [mine.entry.id, other.entry.id]
  const message =
    reason === 'other-bytes'
      ? `model "${id}" cannot have ${path}: model "${existingId}" names it without the same declared digest`
      : `models "${id}" and "${existingId}" cannot both exist: ${path} is the file of one, and a download of the other creates it`
  return new CatalogError('ALREADY_EXISTS', message, { id, existingId, path })
}

/** Rejects if another entry stands in the way. */
async function assertNoRival(
  context: CatalogContext,
  entry: EntryContent,
  findRivalry: FindRivalry,
): Promise<void> {
  const named = toNamed(context, entry)
  const collected = findCollected(named)
  if (collected !== undefined) {
    const problem = `must not lead to ${collected}, where a download collects the files of a model`
    throw createInvalidInput([{ field: entry.location === undefined ? 'file' : 'location', problem }])
  }
  const own = findOwnConflict(named)
  if (own !== undefined) {
    const problem = `must not have a file at ${own}, which a download creates beside another of them`
    throw createInvalidInput([{ field: 'files', problem }])
  }
  const rival = await findRival(context, entry, findRivalry)
  if (rival !== undefined) throw rival.error
}

/** A change that makes an entry name, or use, a path. */
interface ExclusiveChange {
  readonly change: ChangeEntry
  readonly findRivalry: FindRivalry
  /** Whether what the entry becomes can be in the way of others where what it was is not; default: always. */
  readonly isAsked?: (before: EntryContent, changed: EntryContent) => boolean
}

/**
 * Updates an entry that must not get into the way of another one: looks before the commit, and again after it. Of two
 * that were committed between their looks the later one is undone, by the order of the store.
 */
export async function updateExclusively(
  context: CatalogContext,
  request: UpdateRequest,
  { change, findRivalry, isAsked = () => true }: ExclusiveChange,
): Promise<Updated> {
  const position = await context.store.refresh()
  const updated = await updateEntry(context, request, async (before) => {
    const changed = await change(before)
    const isOther = changed && changed !== before && isAsked(before, changed)
    if (isOther) await assertNoRival(context, changed, findRivalry)
    return changed
  })
  const { before, after } = updated
  if (after === null || after === before || !isAsked(before, after)) return updated
  await confirm(context, { position, before, after, findRivalry, request })
  return updated
}

/** What was committed, and what the entry was before: absent if it is new. */
interface Committed {
  readonly position: number
  readonly before?: EntryContent
  readonly after: ModelEntry
  readonly findRivalry: FindRivalry
  readonly request: UpdateRequest
}

/** Undoes what was committed, and rejects, if another entry stood in its way before. */
export async function confirm(context: CatalogContext, committed: Committed): Promise<void> {
  const { after, before = null, findRivalry, request } = committed
  const rival = await findRival(context, after, findRivalry)
  if (rival === undefined || !(await wasFirst(context, rival, committed))) return
  await undo(context, { ...request, attempt: undefined, ifRevision: after.revision }, before)
  throw rival.error
}

/** Whether an entry names other paths than it did, or other bytes there. */
export function hasOtherNames(
  context: CatalogContext,
): (before: EntryContent, changed: EntryContent) => boolean {
  return (before, changed) =>
    JSON.stringify([...namesOf(context, before)]) !== JSON.stringify([...namesOf(context, changed)])
}

async function undo(
  context: CatalogContext,
  request: UpdateRequest,
  before: EntryContent | null,
): Promise<void> {
  try {
    await updateEntry(context, request, () => before)
  } catch (error) {
    // It was changed since: the next use of it checks again, and is refused.
    if (!isCatalogError(error, 'CONFLICT') && !isCatalogError(error, 'NOT_FOUND')) throw error
  }
}

async function findRival(
  context: CatalogContext,
  entry: EntryContent,
  findRivalry: FindRivalry,
): Promise<Rival | undefined> {
  const mine = toNamed(context, entry)
  const id = foldModelId(entry.id)
  for (const other of await findCandidates(context, conflictPathsOf(mine))) {
    if (foldModelId(other.id) === id) continue
    const error = findRivalry(context, mine, toNamed(context, other))
    if (error !== undefined) return { id: other.id, error }
  }
  return undefined
}

/** Whether the rival stood in the way when this was committed. Before the commit nothing did, at `position` or later. */
async function wasFirst(
  context: CatalogContext,
  rival: Rival,
  { position, after, findRivalry }: Committed,
): Promise<boolean> {
  try {
    const changes = await context.store.changes(position)
    const own = changes.findIndex(({ id, revision }) => id === after.id && revision === after.revision)
    const last = changes.slice(0, Math.max(own, 0)).findLast(({ id }) => id === rival.id)
    if (own < 0) return true
    if (last?.entry == null) return false
    return findRivalry(context, toNamed(context, after), toNamed(context, last.entry)) !== undefined
  } catch (error) {
    // The history was pruned meanwhile: the order is unknown, and both are undone.
    if (isCatalogError(error, 'INVALID_INPUT')) return true
    throw error
  }
}
