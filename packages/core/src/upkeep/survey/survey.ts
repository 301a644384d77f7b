import {
  type FileReference,
  type Fingerprint,
  type FoundFile,
  isCatalogError,
  type ModelEntry,
  type UnreadablePath,
} from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { fileReferencesOf, type ReferencedFile } from '../../entry/model-file-name.ts'
import { isFileAway } from '../../evidence/away.ts'
import { findChanges, inodeOf } from '../../evidence/fingerprints.ts'
import {
  findAnyEvidence,
  findOwnEvidence,
  knownFingerprintOf,
  type OwnEvidence,
} from '../../evidence/own-evidence.ts'

/** What is at a path that an entry names. */
type Sight =
  | { readonly kind: 'file'; readonly fingerprint: Fingerprint }
  | { readonly kind: 'missing' }
  | { readonly kind: 'special'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly text: string }

/** One file that an entry names. */
export interface NamedFile extends ReferencedFile {
  readonly entry: ModelEntry
  /** Where it is, in the root or in another place that is searched; in the root where it is nowhere. */
  readonly path: string
  readonly sight: Sight
  /** What is known here of the model: of a file that is there, by its volume. */
  readonly own: OwnEvidence | undefined
  /** The state in which it was last read. */
  readonly known: Fingerprint | undefined
  /** Whether it is missing because its volume, or the directory that it was in, is not there. */
  readonly isAbsent: boolean
}

/** The catalog and the disk side by side, as they were when they were looked at. */
export interface Survey {
  readonly entries: readonly ModelEntry[]
  /** By entry, in the order of their files. */
  readonly named: ReadonlyMap<ModelEntry, readonly NamedFile[]>
  /** All files below the root, by absolute path. */
  readonly files: ReadonlyMap<string, FoundFile>
  /** What could not be listed: what is there is not among `files`. */
  readonly unreadable: readonly UnreadablePath[]
  /** The entries that name a path, there or not. */
  readonly owners: ReadonlyMap<string, readonly ModelEntry[]>
  /** The entries that name a file, by any path. */
  readonly ownersOfInode: ReadonlyMap<string, readonly ModelEntry[]>
}

/** Looks at all entries and all files. Nothing is read but names and `stat`. */
export async function surveyModels(context: CatalogContext): Promise<Survey> {
  // The disk first: a file that comes between the two looks has its entry already, and does not look like one that no
  // model names.
  const { files: listed, unreadable } = await context.files.listFiles()
  const files = new Map(listed.map((file) => [file.path, file]))
  const entries = await context.store.list({})
  const named = new Map<ModelEntry, readonly NamedFile[]>()
  const owners = new Map<string, ModelEntry[]>()
  const ownersOfInode = new Map<string, ModelEntry[]>()
  for (const entry of entries) {
    const found = (await surveyEntry(context, entry)).map((file) => doubtMissing(file, unreadable))
    for (const { path, reference, sight } of found) {
      for (const each of new Set([...context.files.pathsOf(reference), path])) addToList(owners, each, entry)
      if (sight.kind === 'file') addToList(ownersOfInode, inodeOf(sight.fingerprint), entry)
    }
    named.set(entry, found)
  }
  return { entries, named, files, unreadable, owners, ownersOfInode }
}

/** Looks at all files of an entry. */
export async function surveyEntry(context: CatalogContext, entry: ModelEntry): Promise<readonly NamedFile[]> {
  const files: NamedFile[] = []
  // What was read of a model stands under the volume of its first file, though a part may be on another one.
  let first: Sight | undefined
  const references = fileReferencesOf(entry)
  for (const referenced of references) {
    // Stryker disable next-line OptionalChaining: only the types need this: it is one of them.
    const seen = await lookAtReference(context, referenced.reference, references[0]?.reference)
    first ??= seen.sight
    const own = findOwn(context, entry, first.kind === 'file' ? first : seen.sight)
    const known = knownFingerprintOf(own, referenced.part)
    const missing = { own, path: seen.path, part: referenced.part }
    const isAbsent = seen.sight.kind === 'missing' && isFileAway(context, entry, missing)
    files.push({ ...referenced, ...seen, entry, own, known, isAbsent })
  }
  return files
}

function findOwn(context: CatalogContext, entry: ModelEntry, sight: Sight): OwnEvidence | undefined {
  if (sight.kind === 'file') return findOwnEvidence(context, entry, sight.fingerprint.dev)
  return findAnyEvidence(context, entry)
}

/**
 * What an entry's reference leads to, in the root that has its first file. A file that cannot be looked at does not
 * stop the others.
 */
async function lookAtReference(
  context: CatalogContext,
  reference: FileReference,
  first: FileReference = reference,
): Promise<{ readonly path: string; readonly sight: Sight }> {
  const { files } = context
  const path = files.pathOf(reference)
  try {
    const [, located = path] = await files.locate([first, reference])
    return { path: located, sight: lookAtPath(context, reference, located) }
  } catch (error) {
    return { path, sight: toSight(error) }
  }
}

/** What is at a path that an entry names, at this moment. */
export function lookAtPath(
  { files, verifier }: CatalogContext,
  reference: FileReference,
  path: string,
): Sight {
  try {
    return {
      kind: 'file',
      fingerprint: verifier.readFingerprint(path, { followSymlink: files.followsLinks(reference) }),
    }
  } catch (error) {
    return toSight(error)
  }
}

function toSight(error: unknown): Sight {
  if (isCatalogError(error, 'FILE_MISSING')) return { kind: 'missing' }
  if (isCatalogError(error, 'NOT_A_REGULAR_FILE')) return { kind: 'special', text: error.message }
  if (isCatalogError(error, 'IO')) return { kind: 'unreadable', text: error.message }
  throw error
}

/** What a damaged disk calls missing may be there, in a directory that it cannot list. */
function doubtMissing(file: NamedFile, unreadable: readonly UnreadablePath[]): NamedFile {
  const unlisted = unreadable.find(({ path }) => isBelow(path, file.path))
  if (file.sight.kind !== 'missing' || unlisted === undefined) return file
  return {
    ...file,
    sight: { kind: 'unreadable', text: `${unlisted.path} cannot be listed [${unlisted.errno}]` },
  }
}

function isBelow(directory: string, path: string): boolean {
  return path.startsWith(directory) && /[/\\]/u.test(path.charAt(directory.length))
}

/** The list of a key. */
export function listOf<K, V>(lists: ReadonlyMap<K, readonly V[]>, key: K): readonly V[] {
  return lists.get(key) ?? []
}

/** Adds a value to the list of a key, once. */
export function addToList<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else if (!list.includes(value)) list.push(value)
}

/** Whether the file is as it was when it was last read. */
export function isAsKnown({ sight, known }: NamedFile): boolean {
  return sight.kind === 'file' && known !== undefined && findChanges(known, sight.fingerprint).length === 0
}
