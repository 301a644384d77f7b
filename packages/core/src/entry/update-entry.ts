import type {
  Attribution,
  Commit,
  CommitOutcome,
  EntryContent,
  ModelEntry,
  ModelId,
  RecordedVerification,
  RevisionConflict,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createConflict, createNotFound } from './errors.ts'

/** More lost races in a row than this are not an accident, and the caller should know. */
const MAX_ATTEMPTS = 100

/** Which entry is changed, by what operation, and at which revision if only at that one. */
export interface UpdateRequest extends Attribution {
  readonly id: ModelId
  readonly operation: string
  readonly ifRevision?: number | undefined
  /** The attempt to verify the model that leads to the change; recorded also if nothing of the entry changes. */
  readonly attempt?: AttemptRecord | undefined
}

/** What a commit says of an attempt to verify a model. */
export interface AttemptRecord {
  /** As it is judged by the entry that the commit builds on. */
  of(before: ModelEntry): RecordedVerification
  /** Called once a commit with it took effect. */
  onRecorded(): void
}

/**
 * The new content of an entry, null to remove it, undefined or the entry itself to leave it as it is. Called
 * anew with what the entry has become whenever another writer was faster; what it throws ends the update.
 */
export type ChangeEntry = (entry: ModelEntry) => ChangedEntry | Promise<ChangedEntry>
type ChangedEntry = EntryContent | null | undefined

/** The entry on which the change was decided, and what came of it: null where it was removed. */
export interface Updated {
  readonly before: ModelEntry
  readonly after: ModelEntry | null
}

/**
 * Reads, decides and commits until no other writer comes between. NOT_FOUND; CONFLICT where the entry is not at
 * `ifRevision`, or after a hundred lost races. What it returns is durable.
 */
export async function updateEntry(
  context: CatalogContext,
  request: UpdateRequest,
  change: ChangeEntry,
): Promise<Updated> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readEntry(context, request.id)
    assertRevision(before, request)
    const changed = await change(before)
    if (changed === undefined || changed === before) {
      if (request.attempt !== undefined) await recordAttempt(context, request, request.attempt.of(before))
      request.attempt?.onRecorded()
      return { before, after: before }
    }
    const verification = request.attempt?.of(before)
    const outcome = await commitChange(context, { ...request, verification }, before.revision, changed)
    if (outcome.applied) {
      request.attempt?.onRecorded()
      return { before, after: outcome.entries[0] ?? null }
    }
    context.observer.onConflict({ operation: request.operation, id: request.id, attempt })
    if (attempt === MAX_ATTEMPTS) throw toConflict(outcome.conflicts[0], before)
  }
}

/** The entry, or NOT_FOUND. */
export async function readEntry({ store }: CatalogContext, id: ModelId): Promise<ModelEntry> {
  const entry = await store.get(id)
  if (entry === undefined) throw createNotFound(id)
  return entry
}

/**
 * Records an attempt to verify a model that changes nothing of its entry. Best effort: what an attempt found, or why it
 * found nothing, is what its caller has to learn, also if the store cannot be written.
 */
export async function recordAttempt(
  { store }: CatalogContext,
  { id, operation, actor, reason }: UpdateRequest,
  verification: RecordedVerification,
): Promise<void> {
  try {
    await store.commit([{ operation, actor, reason, changes: [], verification: { id, ...verification } }])
  } catch {
    // The caller has an answer, or an error that says more than this one.
  }
}

interface CommitRequest extends Omit<UpdateRequest, 'ifRevision' | 'attempt'> {
  readonly verification?: RecordedVerification | undefined
}

/** Commits one change and returns its outcome. */
export async function commitChange(
  { store }: CatalogContext,
  { id, operation, actor, reason, verification }: CommitRequest,
  ifRevision: number,
  entry: EntryContent | null,
): Promise<CommitOutcome> {
  const commit: Commit = {
    ...{ operation, actor, reason },
    changes: [{ id, ifRevision, entry }],
    ...(verification !== undefined && { verification: { id, ...verification } }),
  }
  const [outcome] = await store.commit([commit])
  // Stryker disable next-line ConditionalExpression: only the types need this: a store gives an outcome for each commit.
  if (outcome === undefined) throw new TypeError('the store gave no outcome for a commit')
  return outcome
}

// The entry at hand may be new already, so a caller's revision is compared before every attempt.
function assertRevision({ id, revision }: ModelEntry, { ifRevision }: UpdateRequest): void {
  if (ifRevision === undefined || ifRevision === revision) return
  throw createConflict({ id, expectedRevision: ifRevision, foundRevision: revision })
}

function toConflict(conflict: RevisionConflict | undefined, { id, revision }: ModelEntry): Error {
  // Stryker disable next-line OptionalChaining: only the types need this: a refused commit has a conflict.
  const foundRevision = conflict?.foundRevision ?? 0
  return createConflict({ id, expectedRevision: revision, foundRevision })
}
