import type { EntryContent, FileReference, ModelEntry, ModelId } from '@catalog/types'
import { decodeEntry, encodeEntry } from '@catalog/types/adapter'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import type { TargetFile } from '../entry/reading.ts'
import { readEntry } from '../entry/update-entry.ts'
import { withReference } from './apply-verdict.ts'

/** An entry as it was before the reading began, and the files that are read for it. */
export interface VerificationTarget {
  readonly entry: ModelEntry
  /** The store's position when the entry was read, or an earlier one; absent if the entry has a download all along. */
  readonly position?: number
  /** The path of the one file, or of the directory of all. */
  readonly path: string
  readonly files: readonly TargetFile[]
  /** Whether a file may be a symbolic link. */
  readonly followSymlink: boolean
  /** How the entry would refer to the file, where it is not its own already. */
  readonly moveTo?: FileReference
}

/** NOT_FOUND; INVALID_INPUT where no entry could refer to the path; NOT_A_REGULAR_FILE for links that lead astray. */
export async function findTarget(
  context: CatalogContext,
  id: ModelId,
  path: string | undefined,
): Promise<VerificationTarget> {
  const { files, store } = context
  const position = await store.refresh()
  const entry = await readEntry(context, id)
  const known = { entry, position }
  if (path === undefined) return { ...known, ...(await locateFiles(context, entry)) }
  const moveTo = files.referenceTo(path)
  if (files.pathsOf(fileReferenceOf(entry)).includes(files.pathOf(moveTo))) {
    return { ...known, ...(await locateFiles(context, entry)) }
  }
  const moved = withReference(entry, moveTo)
  // The store would refuse it too, but only after hours of hashing.
  decodeEntry(encodeEntry(moved), entry.revision)
  return { ...known, ...(await locateFiles(context, moved)), moveTo }
}

/** Where an entry's files are, all in one root: the first in which the first of them is. */
async function locateFiles(
  { files }: CatalogContext,
  entry: EntryContent,
): Promise<Pick<VerificationTarget, 'path' | 'files' | 'followSymlink'>> {
  const references = fileReferencesOf(entry)
  const paths = await files.locate(references.map(({ reference }) => reference))
  const found = references.map(({ part }, index): TargetFile => {
    // Stryker disable next-line StringLiteral: only the types need this: there is a path for each reference.
    const path = paths[index] ?? ''
    // Stryker disable next-line ConditionalExpression: an undefined part reads as an absent one.
    return { path, place: path, ...(part !== undefined && { part }) }
  })
  const [first] = found
  // Stryker disable next-line ConditionalExpression,EqualityOperator: of one file, what is found is told of the file itself.
  const isSingle = entry.files === undefined && first !== undefined
  const reference = fileReferenceOf(entry)
  const path = isSingle ? first.path : files.pathOf(reference)
  return { path, files: found, followSymlink: files.followsLinks(reference) }
}

/** The absolute path of an entry's model file, or of the directory of its files, in the root or in place. */
export function pathOf({ files }: CatalogContext, entry: ModelEntry): string {
  return files.pathOf(fileReferenceOf(entry))
}
