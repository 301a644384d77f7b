import { type Evidence, type Fingerprint, isCatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { addModelId, createChangedSince } from '../entry/errors.ts'
import { findChanges } from '../entry/fingerprints.ts'
import { fileReferencesOf, type ReferencedFile } from '../entry/model-file-name.ts'

/** A file that is the one which was verified, as far as one `stat` tells. */
export interface VerifiedFile {
  readonly path: string
  readonly fingerprint: Fingerprint
}

/**
 * The paths of a model's files, each looked at once and unchanged since the evidence was found. FILE_MISSING,
 * FILE_CHANGED, NOT_A_REGULAR_FILE, IO, with the model's id.
 */
export function findVerifiedFiles(
  context: CatalogContext,
  entry: ModelEntry,
  evidence: Evidence,
): readonly VerifiedFile[] {
  const references = fileReferencesOf(entry)
  const expected = toFingerprints(entry, evidence)
  const [first] = references
  if (first === undefined) return []
  try {
    const found = lookInRoots(context, first)
    const files = references.map((file, index) =>
      index === 0 ? found : lookInRoot(context, file, found.root),
    )
    for (const [index, { path, fingerprint }] of files.entries()) {
      const changed = findEvidenceChanges(fingerprint, expected[index])
      if (changed.length > 0) throw createChangedSince(entry.id, path, changed)
    }
    return files
  } catch (error) {
    throw addModelId(entry.id, error)
  }
}

/** The fields in which a file is not the one of the evidence; its path, where the evidence does not know it. */
export function findEvidenceChanges(
  found: Fingerprint,
  expected: Fingerprint | undefined,
): readonly string[] {
  return expected === undefined ? ['path'] : findChanges(found, expected)
}

/** The fingerprints that evidence has of an entry's files, in their order; absent where it has none. */
export function toFingerprints(
  { files }: Pick<ModelEntry, 'files'>,
  evidence: Evidence,
): readonly (Fingerprint | undefined)[] {
  if (files === undefined) return [evidence.fingerprint]
  const byPath = new Map(evidence.files?.map(({ path, fingerprint }) => [path, fingerprint]))
  return files.map(({ path }) => byPath.get(path))
}

/** The first root that has the file says where all of them are. */
function lookInRoots(
  context: CatalogContext,
  { reference }: ReferencedFile,
): VerifiedFile & { root: number } {
  const paths = context.files.pathsOf(reference)
  for (const [root, path] of paths.entries()) {
    try {
      return { path, fingerprint: look(context, path), root }
    } catch (error) {
      if (!isCatalogError(error, 'FILE_MISSING') || root === paths.length - 1) throw error
    }
  }
  throw new TypeError('a file has at least one path')
}

function lookInRoot(context: CatalogContext, { reference }: ReferencedFile, root: number): VerifiedFile {
  const path = context.files.pathsOf(reference)[root] ?? ''
  return { path, fingerprint: look(context, path) }
}

function look({ verifier, files: { followSymlink } }: CatalogContext, path: string): Fingerprint {
  return verifier.readFingerprint(path, { followSymlink })
}
