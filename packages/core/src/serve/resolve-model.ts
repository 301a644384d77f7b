import {
  isCatalogError,
  type ModelEntry,
  type ModelId,
  type OpenModelFile,
  type Sha256Digest,
} from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { createNotUsable, withModelId } from '../entry/errors.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { dropEvidence } from '../evidence/evidence.ts'
import { livenessOf } from '../evidence/liveness.ts'
import { evidenceOf, findOwnEvidence, type OwnEvidence } from '../evidence/own-evidence.ts'
import { noteSeenVolumes } from '../evidence/seen-volumes.ts'
import { assertActive, assertUsable } from '../evidence/usability.ts'
import { adoptEvidence } from './adopt-evidence.ts'
import { findMeant } from './find-entries.ts'
import { assertAsVerified, lookAtModel, type SeenModel } from './verified-files.ts'

/** Where the files of an Active model are on this node. */
export interface ResolvedModel {
  readonly id: ModelId
  readonly digest: Sha256Digest
  /** The absolute path of the file, or of the directory of a multi-file model. */
  readonly path: string
  /** The absolute path of every file: one, or those of the manifest in its order. */
  readonly paths: readonly string[]
  /**
   * The absolute path to pass to a runtime: the only file, or the first shard of the set. Absent if a
   * multi-file model has no set of shards, or several: pass the directory then.
   */
  readonly loadPath?: string
  readonly sizeBytes: number
  readonly entry: ModelEntry
}

/** The verified files of a model, open for reading. */
export interface OpenModel extends AsyncDisposable {
  readonly id: ModelId
  readonly digest: Sha256Digest
  readonly files: readonly OpenModelFile[]
  readonly entry: ModelEntry
  /** Closes all descriptors. May be called more than once. */
  close(): Promise<void>
}

/** The paths of a usable model after one `stat` of each file. What changed goes back to verification. */
export async function resolveModel(context: CatalogContext, idOrRef: string): Promise<ResolvedModel> {
  const { entry, seen } = await findServed(context, idOrRef)
  return toResolved(context, entry, seen)
}

/** A usable model, and its files as they were seen. */
interface ServedModel {
  readonly entry: ModelEntry
  readonly seen: SeenModel
  readonly policy: CatalogPolicy
}

/** A usable model, whose files are as they were when they were read. Both looks at the store are one. */
async function findServed(context: CatalogContext, idOrRef: string): Promise<ServedModel> {
  const [entry, policy] = await Promise.all([findMeant(context, idOrRef), policyOf(context)])
  assertActive(entry)
  const seen = lookAtModel(context, entry)
  assertUsable(context, entry, seen.own.evidence, policy)
  try {
    assertAsVerified(entry, seen, policy)
  } catch (error) {
    throw await sendToVerification(context, entry, seen.own, error)
  }
  // Stryker disable next-line ConditionalExpression: saves a look: what names its volume is left as it is.
  if (seen.own.evidence.volume === undefined) await adoptEvidence(context, entry, seen)
  void noteSeenVolumes(context, { readAt: seen.own.evidence.at, policy })
  return { entry, seen, policy }
}

function toResolved(context: CatalogContext, entry: ModelEntry, { files, own }: SeenModel): ResolvedModel {
  const { digest, bytes: sizeBytes } = own.evidence
  const paths = files.map(({ path }) => path)
  // Stryker disable next-line ConditionalExpression,StringLiteral: of one file both are the same.
  const path = entry.files === undefined ? (paths[0] ?? '') : directoryOf(context, entry, paths)
  const loadPath = entry.files === undefined ? path : findFirstShard(context, paths)
  const resolved = { id: entry.id, digest, path, paths, sizeBytes, entry }
  return loadPath === undefined ? resolved : { ...resolved, loadPath }
}

/** Opens the files of a usable model, and makes sure by their descriptors that they are the verified ones. */
export async function openVerifiedModel(context: CatalogContext, idOrRef: string): Promise<OpenModel> {
  const { entry, seen, policy } = await findServed(context, idOrRef)
  const { id } = entry
  const { own } = seen
  const files: OpenModelFile[] = []
  const close = async (): Promise<void> => {
    await Promise.all(files.splice(0).map((file) => file.close()))
  }
  try {
    await withModelId(id, async () => {
      const followSymlink = context.files.followsLinks(fileReferenceOf(entry))
      for (const { path } of seen.files) files.push(await context.verifier.openFile(path, { followSymlink }))
    })
    const now = confirmVolume(context, entry, { files, own })
    assertAsVerified(entry, { files, own: now }, policy)
  } catch (error) {
    await close()
    throw await sendToVerification(context, entry, own, error)
  }
  const { digest } = own.evidence
  return { id, digest, files: [...files], entry, close, [Symbol.asyncDispose]: close }
}

/**
 * The same evidence, with its volumes as they are now. While a file is open its volume stays, so that this look tells on
 * which volume the opened files are.
 */
function confirmVolume(context: CatalogContext, entry: ModelEntry, { files, own }: SeenModel): OwnEvidence {
  const { id, state } = entry
  // Stryker disable next-line OptionalChaining,StringLiteral: only the types need this: a model has a file.
  const now = findOwnEvidence(context, entry, files[0]?.fingerprint.dev ?? '')
  if (now !== undefined && now.evidence.volume === own.evidence.volume) return now
  throw createNotUsable({ id, state, problem: 'no-evidence' })
}

function findFirstShard({ verifier }: CatalogContext, paths: readonly string[]): string | undefined {
  const [only, ...others] = verifier.findShards(paths)
  return others.length === 0 ? only?.present[0] : undefined
}

/** The root that has the files: the path of the first one says which. */
function directoryOf({ files }: CatalogContext, entry: ModelEntry, paths: readonly string[]): string {
  const [first] = fileReferencesOf(entry)
  // Stryker disable next-line ConditionalExpression,StringLiteral: only the types need this: a model has a file.
  const root = first === undefined ? 0 : files.pathsOf(first.reference).indexOf(paths[0] ?? '')
  // Stryker disable next-line StringLiteral: only the types need this: a directory is in as many roots as its files.
  return files.pathsOf(fileReferenceOf(entry))[root] ?? ''
}

/**
 * Takes the evidence from a model whose file changed, unless it was verified meanwhile: the model is Pending if no other
 * volume has any. Returns the error, even if the change cannot be written.
 */
async function sendToVerification(
  context: CatalogContext,
  { id }: ModelEntry,
  { key, evidence }: OwnEvidence,
  error: unknown,
): Promise<unknown> {
  if (!isCatalogError(error, 'FILE_CHANGED')) return error
  const reason = `changed since it was verified: ${error.details.changed.join(', ')}`
  const request = { id, operation: 'resolve', reason }
  const isLive = await livenessOf(context)
  await updateEntry(context, request, (now) => {
    // Stryker disable next-line OptionalChaining: what has gone ends it as well, by an error that is caught.
    if (evidenceOf(now, key)?.at !== evidence.at) return now
    return dropEvidence(now, key, isLive)
  }).catch(() => undefined)
  return error
}
