/** Room `evidence`: what was read, on which volume, and whether it still holds. */

import type { EntryContent, ModelFile } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferencesOf } from '../entry/model-file-name.ts'
import { findAnyEvidence, listOwnReadings, type OwnEvidence, recordedOf } from './own-evidence.ts'

interface MissingFile {
  readonly own: OwnEvidence | undefined
  readonly path: string
  readonly part: ModelFile | undefined
}

/**
 * Whether a file that is missing is away with its volume, or with the directory that it was read in: an empty mount point
 * is another directory. Absence suspends what was read and ends nothing.
 */
export function isFileAway(
  context: CatalogContext,
  entry: EntryContent,
  { own, path, part }: MissingFile,
): boolean {
  const { volumes } = context
  if (own === undefined) return listOwnReadings(context, entry).some(({ volume }) => volume !== undefined)
  const before = recordedOf(own, part)?.directory
  const now = volumes.directoryOf(path)
  if (before === undefined) return now === undefined
  if (now?.ino !== before.ino) return true
  return before.birthtimeNs !== undefined && now.birthtimeNs !== before.birthtimeNs
}

/** The same of the first of a model's files that is missing. */
export function isAway(context: CatalogContext, entry: EntryContent): boolean {
  const own = findAnyEvidence(context, entry)
  return fileReferencesOf(entry).some(({ part, reference }) => {
    const path = context.files.pathOf(reference)
    return isFileAway(context, entry, { own, path, part })
  })
}
