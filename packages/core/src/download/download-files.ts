import type { EntryContent, ModelFile } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { findChanges } from '../evidence/fingerprints.ts'
import { findOwnEvidence, knownFingerprintOf } from '../evidence/own-evidence.ts'
import { controlFilesOf, partialPathOf } from '../ownership/partial-name.ts'
import { collectedPathsOf, collectingPathOf, type DirectoryMove } from './collecting-directory.ts'

/** One file of a model, where it belongs, and where it is collected. */
export interface FilePlace {
  /** Its place in the manifest; absent in a model of one file. */
  readonly part?: ModelFile
  /** Absolute. */
  readonly path: string
  readonly partialPath: string
}

/** The same, with where else it may stand whole. */
export interface CollectedFile extends FilePlace {
  /** Where it is read: under its own name, or in the directory that gets its name with all files. */
  readonly place: string
  /** Where it waits for its directory to get its name; absent in a model of one file. */
  readonly whole?: string
}

/**
 * Where each file of a model belongs, and is collected. With a `move` that is beside the directory that does not exist yet.
 * A partial file of a download that began so stays there if the directory comes to exist.
 */
export async function placesOf(
  context: CatalogContext,
  entry: EntryContent,
  move: DirectoryMove | undefined,
): Promise<readonly CollectedFile[]> {
  const places: CollectedFile[] = []
  for (const { part, reference } of fileReferencesOf(entry)) {
    const path = context.files.pathOf(reference)
    const beside = { path, place: path, partialPath: partialPathOf(path) }
    if (part === undefined) places.push(beside)
    else places.push({ ...beside, ...(await findCollected(context, entry, part, move)) })
  }
  return places
}

async function findCollected(
  context: CatalogContext,
  entry: EntryContent,
  part: ModelFile,
  move: DirectoryMove | undefined,
): Promise<Pick<CollectedFile, 'part' | 'whole'> & Partial<CollectedFile>> {
  const { partialPath, whole } = collectedPathsOf(context, entry, part.path)
  if (move !== undefined) return { part, partialPath, whole, place: whole }
  const found = await context.files.lookAt(partialPath)
  return found === undefined ? { part, whole } : { part, partialPath, whole }
}

/** What the record of a download names: the partial file, or the directory of many. */
export function downloadPathOf(
  context: CatalogContext,
  entry: EntryContent,
  move: DirectoryMove | undefined,
): string {
  const path = context.files.pathOf(fileReferenceOf(entry))
  if (entry.files === undefined) return partialPathOf(path)
  return move === undefined ? path : collectingPathOf(context, entry)
}

/** Where a file stands whole, so that it need not be fetched but only read; undefined if it does not. */
export async function findPresent(
  context: CatalogContext,
  entry: EntryContent,
  file: CollectedFile,
): Promise<string | undefined> {
  for (const path of new Set([file.place, file.whole ?? file.place])) {
    if (await isPresent(context, entry, { ...file, path })) return path
  }
  return undefined
}

/**
 * Whether the final file is there, so that it need not be fetched but only read: it may stand there unverified from
 * before a crash. One that is known to be wrong does not count.
 */
async function isPresent(
  context: CatalogContext,
  entry: EntryContent,
  { part, path }: Pick<FilePlace, 'part' | 'path'>,
): Promise<boolean> {
  const found = await context.files.lookAt(path)
  if (found?.kind !== 'file') return false
  const expectedBytes = part === undefined ? entry.sizeBytes : part.sizeBytes
  if (expectedBytes !== undefined && expectedBytes !== found.fingerprint.sizeBytes) return false
  const own = findOwnEvidence(context, entry, found.fingerprint.dev)
  if (own?.evidence.outcome !== 'mismatch') return true
  const wrong = knownFingerprintOf(own, part)
  return wrong === undefined || findChanges(wrong, found.fingerprint).length > 0
}

/**
 * A crash between the two steps of a move leaves both names of one file: a write to the partial file would change the
 * final one.
 */
export async function completeMoves(
  context: CatalogContext,
  { place, whole = place, partialPath }: CollectedFile,
): Promise<void> {
  await completeMove(context, partialPath, whole)
  if (whole === place) return
  await completeMove(context, partialPath, place)
  await completeMove(context, whole, place)
}

async function completeMove({ files }: CatalogContext, from: string, to: string): Promise<void> {
  const [before, after] = [await files.lookAt(from), await files.lookAt(to)]
  if (before === undefined || before.fingerprint.dev !== after?.fingerprint.dev) return
  // Stryker disable next-line ConditionalExpression: moveFile leaves both files alone if they are two.
  if (before.fingerprint.ino === after.fingerprint.ino) await files.moveFile(from, to)
}

/**
 * Removes what is kept beside the partial file of a model's file, if that no longer exists: its checkpoint, and all of
 * it in a directory that is there only for the download.
 */
export async function removeControlFiles(
  context: CatalogContext,
  entry: EntryContent,
  part: ModelFile | undefined,
): Promise<void> {
  const { files, verifier } = context
  const own = fileReferencesOf(entry).find((each) => each.part?.path === part?.path)
  // Stryker disable next-line ConditionalExpression: only the types need this: the part is of the entry.
  if (own === undefined) return
  const beside = partialPathOf(files.pathOf(own.reference))
  await removeBeside(context, beside, [verifier.checkpointPathOf(beside)])
  if (part === undefined) return
  const { partialPath } = collectedPathsOf(context, entry, part.path)
  await removeBeside(context, partialPath, controlFilesOf(partialPath))
}

async function removeBeside(
  { files }: CatalogContext,
  partialPath: string,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const found = await files.lookAt(path)
    if (found === undefined || (await files.lookAt(partialPath)) !== undefined) continue
    await files.removeFile(path, found.fingerprint)
  }
}
