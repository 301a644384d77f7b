import { type FileReference, type Fingerprint, isCatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import {
  addModelId,
  createAway,
  createChangedSince,
  createNotUsable,
  createStale,
  createUntold,
} from '../entry/errors.ts'
import { fileReferencesOf, type ReferencedFile } from '../entry/model-file-name.ts'
import { isAway } from '../evidence/away.ts'
import { findChanges, isStale } from '../evidence/fingerprints.ts'
import {
  findAnyEvidence,
  findOwnEvidence,
  knownFingerprintOf,
  type OwnEvidence,
} from '../evidence/own-evidence.ts'

/** A file as one `stat` shows it. */
interface SeenModelFile {
  readonly path: string
  readonly fingerprint: Fingerprint
}

/** A model's files as they are, and what this machine knows of them. */
export interface SeenModel {
  readonly files: readonly SeenModelFile[]
  readonly own: OwnEvidence
}

/**
 * Looks at each of a model's files once, and finds the evidence for the volume that the first is on. NOT_USABLE
 * (`no-evidence`) if there is none; FILE_MISSING, NOT_A_REGULAR_FILE, IO, with the model's id.
 */
export function lookAtModel(context: CatalogContext, entry: ModelEntry): SeenModel {
  const { id, state } = entry
  const files = lookAtFiles(context, entry)
  // Stryker disable next-line OptionalChaining,StringLiteral: only the types need this: a model has a file.
  const own = findOwnEvidence(context, entry, files[0]?.fingerprint.dev ?? '')
  if (own === undefined) throw createNotUsable({ id, state, problem: 'no-evidence' })
  return { files, own }
}

/**
 * Makes sure that files are as they were when they were read. FILE_CHANGED, or EVIDENCE_STALE if only ctime differs and
 * the policy does not trust mtime.
 */
export function assertAsVerified(
  entry: ModelEntry,
  { files, own }: SeenModel,
  { ctimeChange }: CatalogPolicy,
): void {
  const parts = fileReferencesOf(entry)
  let stale: string | undefined
  for (const [index, { path, fingerprint }] of files.entries()) {
    const changed = findEvidenceChanges(own, parts[index], fingerprint)
    if (changed.length === 0) continue
    if (!isStale(changed)) throw createChangedSince(entry.id, path, changed)
    stale ??= path
  }
  if (ctimeChange === 'trust-mtime') return
  if (stale !== undefined) throw createStale(entry.id, stale)
  const untold = own.volumes.find(({ hasChangeTime }) => !hasChangeTime)
  // Stryker disable next-line OptionalChaining,StringLiteral: only the types need this: a model has a file.
  if (untold !== undefined) throw createUntold(entry.id, files[0]?.path ?? '', untold.type)
}

/** The fields in which a file is not the one of the evidence; its path, where the evidence does not know it. */
function findEvidenceChanges(
  own: OwnEvidence,
  file: Pick<ReferencedFile, 'part'> | undefined,
  found: Fingerprint,
): readonly string[] {
  // Stryker disable next-line OptionalChaining: only the types need this: there is a reference for each file.
  const known = knownFingerprintOf(own, file?.part)
  return known === undefined ? ['path'] : findChanges(known, found)
}

function lookAtFiles(context: CatalogContext, entry: ModelEntry): readonly SeenModelFile[] {
  const [first, ...others] = fileReferencesOf(entry)
  // Stryker disable next-line ConditionalExpression,ArrayDeclaration: only the types need this: a model has a file.
  if (first === undefined) return []
  try {
    const found = lookInRoots(context, first)
    return [found, ...others.map((file) => lookInRoot(context, file, found.root))]
  } catch (error) {
    throw toServingError(context, entry, error)
  }
}

/** A file that was never read here is not missed here, and one that is away with its directory may come back. */
function toServingError(context: CatalogContext, entry: ModelEntry, error: unknown): unknown {
  const { id, state } = entry
  if (!isCatalogError(error, 'FILE_MISSING')) return addModelId(id, error)
  if (findAnyEvidence(context, entry) === undefined) {
    return createNotUsable({ id, state, problem: 'no-evidence' })
  }
  return isAway(context, entry) ? createAway(id, error) : addModelId(id, error)
}

/** The first root that has the file says where all of them are. */
function lookInRoots(
  context: CatalogContext,
  { reference }: ReferencedFile,
): SeenModelFile & { root: number } {
  const paths = context.files.pathsOf(reference)
  for (const [root, path] of paths.entries()) {
    try {
      return { path, fingerprint: look(context, reference, path), root }
    } catch (error) {
      if (!isCatalogError(error, 'FILE_MISSING') || root === paths.length - 1) throw error
    }
  }
  throw new TypeError('a file has at least one path')
}

function lookInRoot(context: CatalogContext, { reference }: ReferencedFile, root: number): SeenModelFile {
  // Stryker disable next-line StringLiteral: only the types need this: each file has a path in each root.
  const path = context.files.pathsOf(reference)[root] ?? ''
  return { path, fingerprint: look(context, reference, path) }
}

/** A directory on the way may have become a link to where the model files may not be. */
function look({ verifier, files }: CatalogContext, reference: FileReference, path: string): Fingerprint {
  const fingerprint = verifier.readFingerprint(path, { followSymlink: files.followsLinks(reference) })
  files.assertReachable(reference, path)
  return fingerprint
}
