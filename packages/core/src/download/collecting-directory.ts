import type { EntryContent, FileReference } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf, toBelow } from '../entry/model-file-name.ts'
import { findNaming } from '../ownership/naming-entries.ts'
import {
  COLLECTED_PARTS,
  COLLECTED_WHOLE,
  collectingDirectoriesOf,
  collectingNameOf,
  partialPathOf,
} from '../ownership/partial-name.ts'

/** The directory that is given its name with all files of a model in it, and that name. */
export interface DirectoryMove {
  readonly from: string
  readonly to: string
}

/** The directory beside that of a model of many files, in which they are collected while that one does not exist. */
export function collectingPathOf({ files }: Pick<CatalogContext, 'files'>, entry: EntryContent): string {
  return files.pathOf(collectingOf(entry))
}

/** Where a file of the manifest is collected, and where it is once it is whole. */
export function collectedPathsOf(
  { files }: Pick<CatalogContext, 'files'>,
  entry: EntryContent,
  path: string,
): { readonly partialPath: string; readonly whole: string } {
  const toPath = (place: string): string => files.pathOf(toBelow(collectingOf(entry), `${place}/${path}`))
  return { partialPath: partialPathOf(toPath(COLLECTED_PARTS)), whole: toPath(COLLECTED_WHOLE) }
}

/**
 * The move by which all files of a model get their names at once; undefined if they get them singly: a model of one file, one
 * whose directory exists, or is that of another model too, or one whose files cannot be collected beside it.
 */
export async function findDirectoryMove(
  context: CatalogContext,
  entry: EntryContent,
): Promise<DirectoryMove | undefined> {
  // Stryker disable next-line ConditionalExpression: saves two looks: a model of one file has only its partial file there.
  if (entry.files === undefined) return undefined
  const { files } = context
  const reference = fileReferenceOf(entry)
  // Stryker disable next-line Regex: two slashes in a row are one.
  const to = files.pathOf(reference).replace(/[\\/]+$/u, '')
  if ((await files.lookAt(to)) !== undefined) return undefined
  const collecting = await files.lookAt(collectingPathOf(context, entry))
  if (collecting !== undefined && collecting.kind !== 'other') return undefined
  const naming = await findNaming(context, reference)
  if (naming.some(({ id }) => id !== entry.id)) return undefined
  return { from: files.pathOf(toBelow(collectingOf(entry), COLLECTED_WHOLE)), to }
}

/** Removes the directories in which the files of a model were collected, as far as they are empty. */
export async function removeCollecting(context: CatalogContext, entry: EntryContent): Promise<void> {
  // Stryker disable next-line ConditionalExpression: saves a look: a model of one file has no files below.
  if (entry.files === undefined) return
  const { files } = context
  // Stryker disable next-line ConditionalExpression: saves time: no directory is there to be removed.
  if ((await files.lookAt(collectingPathOf(context, entry))) === undefined) return
  const directories = new Set(
    fileReferencesOf(entry).flatMap(({ part }) => {
      // Stryker disable next-line ConditionalExpression,ArrayDeclaration: only the types need this: each file of a set has its part.
      if (part === undefined) return []
      const { partialPath, whole } = collectedPathsOf(context, entry, part.path)
      return [...collectingDirectoriesOf(partialPath), ...collectingDirectoriesOf(whole)]
    }),
  )
  const deepest = [...directories].sort((a, b) => b.length - a.length)
  for (const directory of deepest) await files.removeDirectory(directory)
}

function collectingOf(entry: EntryContent): FileReference {
  const reference = fileReferenceOf(entry)
  return 'file' in reference
    ? { file: collectingNameOf(reference.file) }
    : { location: collectingNameOf(reference.location) }
}
