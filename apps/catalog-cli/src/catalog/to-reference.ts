import { isAbsolute } from 'node:path'
import { type Catalog, isCatalogError, ModelRef } from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'

/** The id or reference that the user means: a relative path starts from the directory that the user is in. */
export async function toReference(
  { resolvePath }: Invocation,
  catalog: Catalog,
  idOrRef: string,
): Promise<string> {
  if (await isKnown(catalog, idOrRef)) return idOrRef
  const path = relativePathOf(idOrRef)
  if (path === undefined) return idOrRef
  const absolute = resolvePath(path)
  return (await isKnown(catalog, absolute)) ? absolute : idOrRef
}

async function isKnown(catalog: Catalog, idOrRef: string): Promise<boolean> {
  return (await catalog.locate(idOrRef)).length > 0
}

function relativePathOf(text: string): string | undefined {
  try {
    const ref = ModelRef.parse(text)
    return ref.kind === 'file' && !isAbsolute(ref.path) ? ref.path : undefined
  } catch (error) {
    if (isCatalogError(error, 'INVALID_INPUT')) return undefined
    throw error
  }
}
