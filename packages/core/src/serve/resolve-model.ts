import {
  type Evidence,
  isCatalogError,
  type ModelEntry,
  type ModelId,
  type OpenModelFile,
  type Sha256Digest,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createChangedSince, withModelId } from '../entry/errors.ts'
import { dropEvidence, evidenceOf } from '../entry/evidence.ts'
import { fileReferenceOf, fileReferencesOf } from '../entry/model-file-name.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { assertUsable } from '../entry/usability.ts'
import { findMeant } from './find-entries.ts'
import { findEvidenceChanges, findVerifiedFiles, toFingerprints } from './verified-files.ts'

/** Where an Active model is, on this node. */
export interface ResolvedModel {
  readonly id: ModelId
  readonly digest: Sha256Digest
  /** The absolute path of the file, or of the directory of a multi-file model. */
  readonly path: string
  /** The absolute path of every file: one, or those of the manifest in its order. */
  readonly paths: readonly string[]
  /**
   * The absolute path of the file that a runtime is told to load: the one file, or the first shard of the set. Absent if a
   * multi-file model has no set of shards, or several: then a runtime loads the directory.
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
  close(): Promise<void>
}

/** The paths of a usable model after one `stat` of each file. What changed goes back to verification. */
export async function resolveModel(context: CatalogContext, idOrRef: string): Promise<ResolvedModel> {
  const entry = await findMeant(context, idOrRef)
  const { id } = entry
  const evidence = assertUsable(context, entry)
  try {
    const paths = findVerifiedFiles(context, entry, evidence).map(({ path }) => path)
    const path = entry.files === undefined ? (paths[0] ?? '') : directoryOf(context, entry, paths)
    const loadPath = entry.files === undefined ? path : findFirstShard(context, paths)
    return {
      ...{ id, digest: evidence.digest, path, paths },
      ...(loadPath !== undefined && { loadPath }),
      ...{ sizeBytes: evidence.bytes, entry },
    }
  } catch (error) {
    throw await sendToVerification(context, entry, evidence, error)
  }
}

/** Opens the files of a usable model, and makes sure by their descriptors that they are the verified ones. */
export async function openVerifiedModel(context: CatalogContext, idOrRef: string): Promise<OpenModel> {
  const { id, entry, paths } = await resolveModel(context, idOrRef)
  const evidence = assertUsable(context, entry)
  const expected = toFingerprints(entry, evidence)
  const files: OpenModelFile[] = []
  const close = async (): Promise<void> => {
    await Promise.all(files.splice(0).map((file) => file.close()))
  }
  try {
    await withModelId(id, async () => {
      for (const [index, path] of paths.entries()) {
        const file = await context.verifier.openFile(path, { followSymlink: context.files.followSymlink })
        files.push(file)
        const changed = findEvidenceChanges(file.fingerprint, expected[index])
        if (changed.length > 0) throw createChangedSince(id, path, changed)
      }
    })
  } catch (error) {
    await close()
    throw await sendToVerification(context, entry, evidence, error)
  }
  return { id, digest: evidence.digest, files: [...files], entry, close, [Symbol.asyncDispose]: close }
}

function findFirstShard({ verifier }: CatalogContext, paths: readonly string[]): string | undefined {
  const [only, ...others] = verifier.findShards(paths)
  return others.length === 0 ? only?.present[0] : undefined
}

/** The root that has the files: the path of the first one says which. */
function directoryOf({ files }: CatalogContext, entry: ModelEntry, paths: readonly string[]): string {
  const [first] = fileReferencesOf(entry)
  const root = first === undefined ? 0 : files.pathsOf(first.reference).indexOf(paths[0] ?? '')
  return files.pathsOf(fileReferenceOf(entry))[root] ?? ''
}

/**
 * Takes this node's evidence from a model whose file changed, unless it was verified meanwhile: the model is Pending if
 * no other node has any. Returns the error, even if the change cannot be written.
 */
async function sendToVerification(
  context: CatalogContext,
  { id }: ModelEntry,
  evidence: Evidence,
  error: unknown,
): Promise<unknown> {
  if (!isCatalogError(error, 'FILE_CHANGED')) return error
  const reason = `changed since it was verified: ${error.details.changed.join(', ')}`
  const request = { id, operation: 'resolve', reason }
  await updateEntry(context, request, (now) => {
    if (evidenceOf(now, context.node)?.at !== evidence.at) return now
    return dropEvidence(now, context.node)
  }).catch(() => undefined)
  return error
}
