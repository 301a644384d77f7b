import { isCatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createConflict } from '../entry/errors.ts'
import { type Reading, readByPath } from '../entry/reading.ts'
import { pathOf, type VerificationTarget } from './verification-target.ts'

/**
 * The rule by which a reading counts for what the entry has become meanwhile, for `verify`, `audit` and the end of a
 * download alike: the entry must be the same registration from the same source at the same place, and must mean either
 * the bytes that it meant when the reading began, or those that were read. So tags, leases, states and the evidence of
 * other nodes may have changed, and another node may have added the digests and sizes that were not declared.
 *
 * @throws {CatalogError} CONFLICT if the entry came to mean other bytes
 */
export async function assertStillCurrent(
  context: CatalogContext,
  target: VerificationTarget,
  now: ModelEntry,
  reading: Reading,
): Promise<void> {
  if (await isStillCurrent(context, target, now, reading)) return
  throw createSuperseded(target, now)
}

/** The error of a reading whose entry came to mean other bytes. */
export function createSuperseded({ entry }: VerificationTarget, now: ModelEntry): Error {
  return createConflict({ id: entry.id, expectedRevision: entry.revision, foundRevision: now.revision })
}

async function isStillCurrent(
  context: CatalogContext,
  target: VerificationTarget,
  now: ModelEntry,
  reading: Reading,
): Promise<boolean> {
  const { entry } = target
  // Stryker disable next-line ConditionalExpression: saves time: an entry of the same revision is the same.
  if (now.revision === entry.revision) return true
  if (now.registeredAt !== entry.registeredAt || now.source !== entry.source) return false
  if (now.linksInto !== entry.linksInto && target.moveTo === undefined) return false
  if (now.sizeBytes !== entry.sizeBytes || now.files?.length !== entry.files?.length) return false
  if (!isAsBefore(now, entry) && !isAsRead(now, reading)) return false
  const path = pathOf(context, now)
  if (path !== target.path && path !== pathOf(context, entry)) return false
  return !(await wasRemovedSince(context, target))
}

// Stryker disable next-line ArrayDeclaration: both have as many files, and each is compared.
function isAsBefore(now: ModelEntry, { digest, files: before = [] }: ModelEntry): boolean {
  const { files = [] } = now
  const isSame = files.every((file, index) => {
    const other = before[index]
    // Stryker disable next-line OptionalChaining: both have as many files.
    return other?.path === file.path && other.digest === file.digest && other.sizeBytes === file.sizeBytes
  })
  return now.digest === digest && isSame
}

/** Whether what is said of the model and of each file by now, if anything, is what was read. */
function isAsRead({ digest, files = [] }: ModelEntry, reading: Reading): boolean {
  if (reading.digest !== digest) return false
  const byPath = readByPath(reading)
  return files.every((file) => {
    const read = byPath.get(file.path)
    // Stryker disable next-line ConditionalExpression,BooleanLiteral: only the types need this: what has a digest was read.
    if (read === undefined) return false
    return (
      (file.digest ?? read.digest) === read.digest && (file.sizeBytes ?? read.sizeBytes) === read.sizeBytes
    )
  })
}

/** A new registration of the same id, even of the same millisecond, expects a verification of its own. */
async function wasRemovedSince({ store }: CatalogContext, target: VerificationTarget): Promise<boolean> {
  const { entry, position } = target
  // Stryker disable next-line ConditionalExpression: saves time: what has a download all along was not removed.
  if (position === undefined) return false
  const { id, revision } = entry
  try {
    const changes = await store.changes(position)
    // Stryker disable next-line ConditionalExpression,EqualityOperator: of what came before the entry, a reading more would be lost.
    return changes.some((change) => change.id === id && change.revision > revision && change.entry === null)
  } catch (error) {
    // The history was pruned meanwhile, so that this can no longer be told.
    if (isCatalogError(error, 'INVALID_INPUT')) return true
    throw error
  }
}
