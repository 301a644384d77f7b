import { isCatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { fileReferenceOf } from '../entry/model-file-name.ts'
import { isAway } from '../evidence/away.ts'
import { isMatchingEvidence } from '../evidence/evidence.ts'
import { listOwnReadings } from '../evidence/own-evidence.ts'
import { assertAsVerified, lookAtModel } from './verified-files.ts'

/** What became of a model's files since they were read on this machine. */
export interface ModelStanding {
  /**
   * - `in-order`: all are as they were when they were found right
   * - `wrong`: the last reading found wrong bytes
   * - `stale`: only the ctime of a file changed: its bytes may be the same
   * - `changed`: a file was written or replaced, or is no longer a regular file
   * - `missing`: a file no longer exists in its directory
   * - `absent`: the volume, or the directory of a file, does not exist: the evidence counts again once it is
   *   back
   * - `unanchored`: it was read on a volume without an anchor, by a process that has ended
   * - `unreadable`: the system does not report what is at a path
   * - `unread`: it was not read on this machine
   */
  readonly kind:
    | 'in-order'
    | 'wrong'
    | 'stale'
    | 'changed'
    | 'missing'
    | 'absent'
    | 'unanchored'
    | 'unreadable'
    | 'unread'
  /** The absolute path of the first file concerned; absent for `in-order`, `wrong` and `unread`. */
  readonly path?: string
  /** The anchor of the volume that is not mounted. */
  readonly anchor?: string
}

/** One look at each file, at once. Nothing is recorded. */
export async function readStanding(context: CatalogContext, entry: ModelEntry): Promise<ModelStanding> {
  const policy = await policyOf(context)
  try {
    return findStanding(context, entry, policy)
  } catch (error) {
    if (!isCatalogError(error, 'IO')) throw error
    return withPath('unreadable', error.details.path)
  }
}

/** The same at once; IO where the system does not say what is there. */
export function findStanding(
  context: CatalogContext,
  entry: ModelEntry,
  policy: CatalogPolicy,
): ModelStanding {
  try {
    const seen = lookAtModel(context, entry)
    const { evidence } = seen.own
    if (evidence.outcome === 'mismatch') return { kind: 'wrong' }
    assertAsVerified(entry, seen, policy)
    return { kind: isMatchingEvidence(entry, evidence) ? 'in-order' : 'unread' }
  } catch (error) {
    return toStanding(context, entry, error)
  }
}

function toStanding(context: CatalogContext, entry: ModelEntry, error: unknown): ModelStanding {
  if (isCatalogError(error, 'EVIDENCE_STALE')) return withPath('stale', error.details.path)
  if (isCatalogError(error, 'FILE_CHANGED') || isCatalogError(error, 'NOT_A_REGULAR_FILE')) {
    return withPath('changed', error.details.path)
  }
  if (isCatalogError(error, 'FILE_MISSING')) {
    return withPath(isAway(context, entry) ? 'absent' : 'missing', error.details.path)
  }
  if (isCatalogError(error, 'NOT_USABLE')) return findUnseenVolume(context, entry)
  throw error
}

function withPath(kind: ModelStanding['kind'], path: string | undefined): ModelStanding {
  return path === undefined ? { kind } : { kind, path }
}

/** Where a model was read that was not read on any volume that is here: first of all where it could be again. */
function findUnseenVolume(context: CatalogContext, entry: ModelEntry): ModelStanding {
  const path = context.files.pathOf(fileReferenceOf(entry))
  const here = new Set(context.volumes.list().map(({ id }) => id))
  const unseen = listOwnReadings(context, entry).filter(
    ({ volume }) => volume !== undefined && !here.has(volume),
  )
  const anchor = unseen.find((evidence) => evidence.anchor !== undefined)?.anchor
  if (anchor !== undefined) return { kind: 'absent', path, anchor }
  return unseen.length > 0 ? { kind: 'unanchored', path } : { kind: 'unread' }
}
