import { type DiagnosisNote, isCatalogError, type ModelEntry, type Sha256Digest } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { ReadFile } from '../entry/reading.ts'
import { declarationsOf } from './judge.ts'

/** What a wrong file looks like instead; nothing if it cannot be looked at again: it is wrong all the same. */
export async function diagnoseFile(
  context: CatalogContext,
  entry: ModelEntry,
  file: ReadFile,
  { followSymlink }: { readonly followSymlink: boolean },
): Promise<readonly DiagnosisNote[]> {
  const { failure } = entry
  const { digest: expectedDigest, sizeBytes: expectedSizeBytes } = declarationsOf(entry)(file)
  const foundDigest = file.read?.digest
  const known = {
    ...{ expectedDigest, expectedSizeBytes, foundDigest, followSymlink },
    knownDigests: await findKnownDigests(context, foundDigest),
    previousFoundDigest: failure?.reason === 'digest-mismatch' ? failure.found : undefined,
  }
  try {
    return await context.verifier.diagnoseFile(file.path, known)
  } catch (error) {
    if (!isCatalogError(error)) throw error
    return []
  }
}

/** The model that these bytes belong to, where the catalog knows one: a file under the wrong name. */
async function findKnownDigests(
  { store }: CatalogContext,
  digest: Sha256Digest | undefined,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (digest === undefined) return undefined
  const [owner] = await store.list({ digest, limit: 1 })
  return owner === undefined ? undefined : new Map([[digest, owner.id]])
}
