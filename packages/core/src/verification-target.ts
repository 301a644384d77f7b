import { decodeEntry, encodeEntry, type FileReference, type ModelEntry, type ModelId } from '@catalog/types'
import type { CatalogContext } from './catalog-ports.ts'
import { fileReferenceOf } from './model-file-name.ts'
import { readEntry } from './update-entry.ts'
import { type Finding, withReference } from './verification-outcome.ts'

/** An entry as it was before the reading began, and the file that is read for it. */
export interface VerificationTarget {
  readonly entry: ModelEntry
  /** The store's position when the entry was read, or an earlier one. */
  readonly position: number
  readonly path: string
  /** How the entry would refer to the file, where it is not its own already. */
  readonly moveTo?: FileReference
}

/** NOT_FOUND; INVALID_INPUT where no entry could refer to the path. */
export async function findTarget(
  context: CatalogContext,
  id: ModelId,
  path: string | undefined,
): Promise<VerificationTarget> {
  const { files, store } = context
  const position = await store.refresh()
  const entry = await readEntry(context, id)
  const ownPath = pathOf(context, entry)
  if (path === undefined) return { entry, position, path: ownPath }
  const moveTo = files.referenceTo(path)
  const target = { entry, position, path: files.pathOf(moveTo) }
  if (target.path === ownPath) return target
  // The store would refuse it too, but only after hours of hashing.
  decodeEntry(encodeEntry(withReference(entry, moveTo)), entry.revision)
  return { ...target, moveTo }
}

/**
 * Whether what was read is what the entry means by now. Tags, state and the evidence of other nodes may have
 * changed; a digest may have become the one that was found, and the file the one that was read.
 */
export async function isStillMeant(
  context: CatalogContext,
  target: VerificationTarget,
  now: ModelEntry,
  finding: Finding,
): Promise<boolean> {
  const { entry } = target
  if (now.revision === entry.revision) return true
  if (now.registeredAt !== entry.registeredAt || now.sizeBytes !== entry.sizeBytes) return false
  if (now.digest !== entry.digest && !(finding.kind === 'read' && finding.read.digest === now.digest))
    return false
  const path = pathOf(context, now)
  if (path !== finding.path && path !== pathOf(context, entry)) return false
  return !(await wasRemovedSince(context, target))
}

/** The absolute path of an entry's model file. */
export function pathOf({ files }: CatalogContext, entry: ModelEntry): string {
  return files.pathOf(fileReferenceOf(entry))
}

// A new registration of the same id, even of the same millisecond, expects a verification of its own.
async function wasRemovedSince({ store }: CatalogContext, target: VerificationTarget): Promise<boolean> {
  const { id, revision } = target.entry
  const changes = await store.changes(target.position)
  return changes.some((change) => change.id === id && change.revision > revision && change.entry === null)
}
