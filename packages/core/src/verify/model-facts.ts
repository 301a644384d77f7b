import { isCatalogError, type ModelFacts, type ReadFactsOptions } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { ReadFile } from '../entry/reading.ts'

/**
 * What the headers of files say that were read to their end, each in the very state in which it was read: so facts and
 * digest are of the same bytes. A right model whose facts cannot be read stays right.
 */
export async function readFacts(
  { verifier }: CatalogContext,
  files: readonly ReadFile[],
  options: ReadFactsOptions,
): Promise<ModelFacts | undefined> {
  // Stryker disable next-line ArrayDeclaration: what is verified was read.
  const seen = files.flatMap(({ path, read }) => (read ? [{ path, fingerprint: read.fingerprint }] : []))
  try {
    return await verifier.readFacts(seen, options)
  } catch (error) {
    if (!isCatalogError(error)) throw error
    return undefined
  }
}
