import { type CatalogErrorCode, type Clock, isCatalogError } from '@catalog/types'
import type { FileSystem } from './disk/file-system.ts'
import { encodeCommit } from './format/commit-codec.ts'
import type { FileNames } from './format/file-names.ts'
import type { EncodedCommit } from './format/record.ts'
import { toSettingsCommit } from './format/settings-codec.ts'
import { hasChangedSince } from './history/history.ts'
import { wasCatalog } from './history/was-catalog.ts'
import type { Journal } from './journal/journal.ts'
import type { NewerView } from './journal/recovery-report.ts'
import { BrokenFiles } from './repair/replace-file.ts'
import type { CatalogState } from './state/catalog-state.ts'
import type { ViewClaim } from './view/view-claim.ts'
import { EDIT_OPERATION, EDIT_REASON, type Edit, planEdit } from './view/view-edit.ts'
import { createEditedOutside } from './view/view-reader.ts'
import type { ViewSource, ViewWriter } from './view/view-writer.ts'

export interface ViewSourceParts {
  readonly disk: FileSystem
  readonly names: FileNames
  readonly journal: Journal
  readonly clock: Clock
  readonly onNewerView: (view: NewerView) => void
}

/** The journal as its view needs it. */
export function createViewSource({ disk, names, journal, clock, onNewerView }: ViewSourceParts): ViewSource {
  return {
    get state() {
      return journal.state
    },
    get head() {
      return journal.head
    },
    get inode() {
      return journal.inode
    },
    catchUp: () => journal.catchUp(),
    sync: () => journal.sync(),
    async adoptEdit(edited, revision) {
      if (isSameCatalog(journal, edited)) return
      if (revision === undefined) {
        throw createEditedOutside(names.view, 'its "revision", which says what was edited, is missing')
      }
      if (revision > journal.head[0]) {
        throw createEditedOutside(names.view, `the catalog has never reached record ${revision}`)
      }
      if (await hasChanged(disk, names, revision)) {
        // What can no longer be read proves nothing.
        if (await wasCatalog(disk, names, edited, revision).catch(() => false)) return
        throw createEditedOutside(names.view, 'the catalog has changed since')
      }
      await commitEdit(names, journal, edited)
      // Another store may have found and committed the same edit first.
      if (!isSameCatalog(journal, edited)) {
        throw createEditedOutside(names.view, 'the catalog changed at the same moment')
      }
    },
    async keepNewer(revision) {
      const broken = new BrokenFiles(disk, names, clock.now())
      await broken.keepOriginal(names.view)
      const [keptFile] = broken.kept
      // Otherwise another store was first.
      if (keptFile !== undefined) onNewerView({ path: names.view, keptFile, revision, head: journal.head[0] })
    },
  }
}

/**
 * What a store that only reads has to tell of a view that shows more than the journal.
 * @param claim as it was read before the journal.
 */
export async function findNewerView(
  names: FileNames,
  claim: ViewClaim | undefined,
  journal: Journal,
): Promise<NewerView | undefined> {
  const [head] = journal.head
  // Of a damaged journal only what is certain was read.
  if (claim === undefined || journal.recovery.damage !== undefined || !(await claim.isAhead(head)))
    return undefined
  return { path: names.view, keptFile: undefined, revision: claim.revision, head }
}

// An edit that meets one of these cannot be adopted by trying again.
const FINAL: readonly CatalogErrorCode[] = ['EDITED_OUTSIDE', 'DAMAGED', 'CATALOG_REPLACED']

/** At opening: only what a person has to decide keeps the catalog closed; all else is tried again by and by. */
export async function adoptEditAtOpening(view: ViewWriter): Promise<void> {
  try {
    await view.adoptEdit()
  } catch (error) {
    if (isCatalogError(error) && FINAL.includes(error.code)) throw error
  }
}

/** True also if that part of the history is pruned. */
async function hasChanged(disk: FileSystem, names: FileNames, revision: number): Promise<boolean> {
  try {
    return await hasChangedSince(disk, names, revision)
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return true
    throw error
  }
}

function isSameCatalog(journal: Journal, edited: CatalogState): boolean {
  return planEdit(journal.state, edited) === undefined
}

/** EDITED_OUTSIDE if the edit is none that the catalog takes, such as one that is too long for a commit. */
async function commitEdit(names: FileNames, journal: Journal, edited: CatalogState): Promise<void> {
  const edit = planEdit(journal.state, edited)
  if (edit !== undefined) await journal.append(encodeEdit(names, edit))
}

/** In one record: both parts or none become durable. */
function encodeEdit(names: FileNames, { models, settings }: Edit): readonly EncodedCommit[] {
  try {
    return [
      ...(models === undefined ? [] : [encodeCommit(models)]),
      ...(settings === undefined
        ? []
        : [toSettingsCommit(EDIT_OPERATION, { reason: EDIT_REASON }, settings)]),
    ]
  } catch (error) {
    if (!isCatalogError(error, 'INVALID_INPUT')) throw error
    const problem = `the catalog cannot take the edit as one commit: ${error.message}`
    throw createEditedOutside(names.view, problem, { cause: error })
  }
}
