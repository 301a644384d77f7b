import { basename } from 'node:path'
import { type Catalog, type CatalogError, type CatalogErrorDetails, isCatalogError } from 'model-catalog'
import { HintedError } from './cli-errors.ts'
import { findClosestIds } from './closest-ids.ts'
import { hintOfPermission, isPermissionDenied, WRITING_HINT } from './permission-hint.ts'

/** More ids than this are not searched for the one that was meant. */
const MOST_IDS_SEARCHED = 10_000

/**
 * What the user may do about an error of the catalog, in half a sentence, where that is not plain. A command that a
 * hint names never ends with an error whose hint leads back.
 */
export function hintOf(error: CatalogError): string | undefined {
  if (isQuarantined(error)) {
    return `the wrong file was quarantined as ${error.details.path}; catalog download begin begins again`
  }
  if (isCatalogError(error, 'NOT_FOUND')) return hintOfNotFound(error.details)
  if (isCatalogError(error, 'ALREADY_EXISTS')) {
    const { existingId, path } = error.details
    if (path === undefined) return `catalog show ${existingId} shows it; another id registers another model`
    return `catalog show ${existingId} shows it; give this one another file, or declare equal bytes with --digest`
  }
  if (isCatalogError(error, 'INVALID_TRANSITION')) return hintOfTransition(error.details)
  if (isCatalogError(error, 'NOT_USABLE')) return hintOfUse(error.details)
  // Any other file is one that the user named.
  if (isCatalogError(error, 'FILE_MISSING') && error.details.id === undefined) return undefined
  if (isCatalogError(error, 'IO') && isPermissionDenied(error.details)) return hintOfPermission(error.details)
  if (isCatalogError(error, 'IO') && error.details.errno === 'ENOTDIR')
    return 'a part of this path is a file, and not a directory'
  if (isCatalogError(error, 'UNSUPPORTED_FORMAT') && error.details.found === 'an unfinished copy')
    return 'run the same catalog migrate again: it goes on where it was'
  if (isCatalogError(error, 'DAMAGED')) return DAMAGE_HINTS.get(basename(error.details.path)) ?? HINTS.DAMAGED
  return HINTS[error.code]
}

const BUNDLE_HINT = 'nothing was changed; copy the bundle again, or export it again into an empty directory'

/** `repair` fixes a journal. What is wrong with these files only a person can put right. */
const DAMAGE_HINTS: ReadonlyMap<string, string> = new Map([
  ['catalog.json', 'nothing was changed; correct the file, or move it away to begin without it'],
  ['bundle.json', BUNDLE_HINT],
  ['SHA256SUMS', BUNDLE_HINT],
])

function hintOfNotFound({ id, at }: CatalogErrorDetails['NOT_FOUND']): string {
  return at === undefined
    ? 'catalog ls shows the models there are'
    : `catalog history ${id} shows when it was there`
}

function hintOfTransition({ id, from, to }: CatalogErrorDetails['INVALID_TRANSITION']): string | undefined {
  if (to !== 'Active') return HINTS.INVALID_TRANSITION
  // Verified again, it is still Retired: that was a person's decision.
  if (from === 'Retired') return `catalog verify ${id} first; then catalog state ${id} Active`
  return `catalog verify ${id} makes it Active if its bytes are right`
}

function hintOfUse({ id, state, problem }: CatalogErrorDetails['NOT_USABLE']): string {
  if (problem === 'undeclared-digest') return `catalog update ${id} --digest declares what it must be`
  if (problem === 'digest-origin')
    return `catalog policy shows which origins count; catalog show ${id} shows its own`
  if (problem === 'wrong-bytes') return adviseOnWrongBytes(id)
  if (state === 'Retired') return `catalog state ${id} Active takes it into use again`
  return `catalog verify ${id} checks its files on this machine`
}

/** What to do about a file that was found wrong: it may have been fetched again since. */
export function adviseOnWrongBytes(id: string): string {
  return `fetch its file again, then catalog verify ${id} reads it`
}

/** Whether the wrong file is no longer where it was. */
function isQuarantined(
  error: CatalogError,
): error is CatalogError<'DIGEST_MISMATCH'> | CatalogError<'SIZE_MISMATCH'> | CatalogError<'NOT_A_MODEL'> {
  const isOfWrongFile =
    isCatalogError(error, 'DIGEST_MISMATCH') ||
    isCatalogError(error, 'SIZE_MISMATCH') ||
    isCatalogError(error, 'NOT_A_MODEL')
  return isOfWrongFile && error.details.isQuarantined === true
}

const HINTS: Partial<Record<CatalogError['code'], string>> = {
  CONFLICT: 'another process changed the model meanwhile; read it again, then repeat the command',
  LAST_COPY: 'verify the model on another machine first, or use collect --last-copy',
  IN_USE: 'wait until then, or ask the holder to end it; rm and state wait with --wait',
  TOO_MANY_LEASES: 'wait until then, or release one of them; catalog lease ls shows them',
  LEASE_ENDED: 'catalog lease take takes a new one',
  DOWNLOAD_ENDED: 'catalog show shows what became of the model; catalog download begin begins again',
  DOWNLOAD_INCOMPLETE: 'nothing was changed; go on with the download, then finish it',
  DIGEST_MISMATCH: 'the file was left as it is; do not use it, fetch it again and verify it',
  SIZE_MISMATCH:
    'the file was left as it is; if it is shorter its download may continue, else fetch it again',
  NOT_A_MODEL:
    'the file was left as it is; fetch it again, or declare its digest if these are the right bytes',
  EVIDENCE_STALE: 'catalog verify reads it again; catalog verify --stale reads all such models',
  FILE_CHANGED: 'wait until no process writes to the file, then verify again',
  FILE_MISSING: 'the catalog does not download; put the file there first',
  CATALOG_MISSING:
    'import, add and register create one; --root and CATALOG_ROOT, or --store and CATALOG_STORE, say where it is',
  CATALOG_REPLACED: 'it was moved or restored while the command ran; repeat the command',
  SHARED_FILE_SYSTEM:
    'keep the catalog on a local disk (--root, CATALOG_ROOT); --only-writer writes here, if no other program ever does',
  READ_ONLY: WRITING_HINT,
  DAMAGED:
    'nothing was changed; copy the whole directory, stop every program that uses it, and then try catalog repair',
  UNSUPPORTED_FORMAT: 'a newer version wrote this; use that version',
  EDITED_OUTSIDE: 'nothing was overwritten; correct catalog.json, or move it away and run the command again',
  NO_SPACE: 'free space on the disk; what was acknowledged before is safe',
  UNAVAILABLE: 'the database did not answer in time; repeat the command once it does',
}

/** The error with the ids that may have been meant, or the error as it is. Never fails. */
export async function withSuggestions(error: unknown, catalog: Catalog): Promise<unknown> {
  if (!isCatalogError(error, 'NOT_FOUND') || error.details.at !== undefined) return error
  try {
    const entries = await catalog.list({ limit: MOST_IDS_SEARCHED })
    const ids = findClosestIds(
      error.details.id,
      entries.map(({ id }) => id),
    )
    return ids.length === 0 ? error : new HintedError(error, `did you mean ${ids.join(' or ')}?`)
  } catch {
    // A hint is not worth a second error.
    return error
  }
}
