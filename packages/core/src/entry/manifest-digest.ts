import { createInvalidInput, type ModelFile, type Sha256Digest } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'

/**
 * The digest of a multi-file model whose files' digests are all known, else the one that was declared. INVALID_INPUT
 * where both are there and differ.
 */
export function digestOfFiles(
  { verifier }: CatalogContext,
  files: readonly ModelFile[],
  declared: Sha256Digest | null,
): Sha256Digest | null {
  const digested = files.flatMap(({ path, digest }) => (digest === undefined ? [] : [{ path, digest }]))
  if (digested.length < files.length) return declared
  const computed = verifier.digestManifest(digested)
  if (declared === null || declared === computed) return computed
  const problem = `must be the digest of the manifest of the files, ${computed}`
  throw createInvalidInput([{ field: 'digest', problem }])
}
