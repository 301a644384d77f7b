import type { FileReference, ModelEntry, ModelFile, ModelId } from '@catalog/types'
import { decodeEntry, encodeEntry } from '@catalog/types/adapter'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { readEntry } from '../entry/update-entry.ts'
import { type Finding, type ReadModel, withReference } from './verification-outcome.ts'

/** An entry as it was before the reading began, and the files that are read for it. */
export interface VerificationTarget {
  readonly entry: ModelEntry
  /** The store's position when the entry was read, or an earlier one. */
  readonly position: number
  /** The path of the one file, or of the directory of all. */
  readonly path: string
  readonly files: readonly TargetFile[]
  /** How the entry would refer to the file, where it is not its own already. */
  readonly moveTo?: FileReference
}

/** One file that is read, and which of a multi-file model's it is. */
export interface TargetFile {
  readonly path: string
  readonly part?: ModelFile
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
  if (path === undefined) return { entry, position, ...(await locateFiles(context, entry)) }
  const moveTo = files.referenceTo(path)
  if (files.pathsOf(fileReferenceOf(entry)).includes(files.pathOf(moveTo))) {
    return { entry, position, ...(await locateFiles(context, entry)) }
  }
  const moved = withReference(entry, moveTo)
  // The store would refuse it too, but only after hours of hashing.
  decodeEntry(encodeEntry(moved), entry.revision)
  return { entry, position, ...(await locateFiles(context, moved)), moveTo }
}

/** Where an entry's files are, all in one root: the first in which the first of them is. */
async function locateFiles(
  { files }: CatalogContext,
  entry: ModelEntry | ReturnType<typeof withReference>,
): Promise<Pick<VerificationTarget, 'path' | 'files'>> {
  const references = fileReferencesOf(entry)
  const paths = await files.locate(references.map(({ reference }) => reference))
  const found = references.map(({ part }, index) => toTargetFile(paths[index] ?? '', part))
  const [first] = found
  const isSingle = entry.files === undefined && first !== undefined
  return { path: isSingle ? first.path : files.pathOf(fileReferenceOf(entry)), files: found }
}

function toTargetFile(path: string, part: ModelFile | undefined): TargetFile {
  return part === undefined ? { path } : { path, part }
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
  const isFound =
    finding.kind === 'read' && finding.read.digest === now.digest && hasReadFiles(now, finding.read)
  if (!isFound && (now.digest !== entry.digest || !hasSameFiles(now, entry))) return false
  if (now.files?.length !== entry.files?.length) return false
  const path = pathOf(context, now)
  if (path !== target.path && path !== pathOf(context, entry)) return false
  return !(await wasRemovedSince(context, target))
}

function hasSameFiles({ files = [] }: ModelEntry, { files: others = [] }: ModelEntry): boolean {
  return files.every(({ path, digest, sizeBytes }, index) => {
    const other = others[index]
    return other?.path === path && other.digest === digest && other.sizeBytes === sizeBytes
  })
}

/** Whether what is said of each file of a manifest by now, if anything, is what was read. */
function hasReadFiles({ files = [] }: ModelEntry, { parts = [] }: ReadModel): boolean {
  return files.every(({ path, digest, sizeBytes }) => {
    const read = parts.find((part) => part.path === path)
    if (read === undefined) return false
    return (digest ?? read.digest) === read.digest && (sizeBytes ?? read.sizeBytes) === read.sizeBytes
  })
}

/** The absolute path of an entry's model file, or of the directory of its files, in the root or in place. */
export function pathOf({ files }: CatalogContext, entry: ModelEntry): string {
  return files.pathOf(fileReferenceOf(entry))
}

// A new registration of the same id, even of the same millisecond, expects a verification of its own.
async function wasRemovedSince({ store }: CatalogContext, target: VerificationTarget): Promise<boolean> {
  const { id, revision } = target.entry
  const changes = await store.changes(target.position)
  return changes.some((change) => change.id === id && change.revision > revision && change.entry === null)
}
