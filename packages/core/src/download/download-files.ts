import type { EntryContent, ModelFile } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { findChanges } from '../evidence/fingerprints.ts'
import { findOwnEvidence, knownFingerprintOf } from '../evidence/own-evidence.ts'
import { partialPathOf } from '../ownership/partial-name.ts'

/** One file of a model, where it belongs, and where it is collected. */
export interface FilePlace {
  /** Its place in the manifest; absent in a model of one file. */
  readonly part?: ModelFile
  /** Absolute. */
  readonly path: string
  readonly partialPath: string
}

/** Where each file of a model belongs. */
export function placesOf({ files }: CatalogContext, entry: EntryContent): readonly FilePlace[] {
  return fileReferencesOf(entry).map(({ part, reference }) => {
    const path = files.pathOf(reference)
    return { ...(part !== undefined && { part }), path, partialPath: partialPathOf(path) }
  })
}

/** What the record of a download names: the partial file, or the directory of many. */
export function downloadPathOf({ files }: CatalogContext, entry: EntryContent): string {
  const path = files.pathOf(fileReferenceOf(entry))
  return entry.files === undefined ? partialPathOf(path) : path
}

/**
 * Whether the final file is there, so that it need not be fetched but only read: it may stand there unverified from
 * before a crash. One that is known to be wrong does not count.
 */
export async function isPresent(
  context: CatalogContext,
  entry: EntryContent,
  { part, path }: FilePlace,
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

/** A crash between the two steps of a move leaves both names of one file: whoever wrote to the partial file would write to the final one. */
export async function completeMove({ files }: CatalogContext, place: FilePlace): Promise<void> {
  const { path, partialPath } = place
  const [partial, final] = [await files.lookAt(partialPath), await files.lookAt(path)]
  if (partial === undefined || partial.fingerprint.dev !== final?.fingerprint.dev) return
  if (partial.fingerprint.ino === final.fingerprint.ino) await files.moveFile(partialPath, path)
}

/** Removes the checkpoint of a file's partial file, if that does not exist any more. */
export async function removeCheckpoint({ files, verifier }: CatalogContext, place: string): Promise<void> {
  const partialPath = partialPathOf(place)
  const path = verifier.checkpointPathOf(partialPath)
  const found = await files.lookAt(path)
  if (found === undefined || (await files.lookAt(partialPath)) !== undefined) return
  await files.removeFile(path, found.fingerprint)
}
