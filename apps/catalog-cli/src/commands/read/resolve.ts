import { toReference } from '../../catalog/to-reference.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'

/** Prints where a usable model's file is, or its directory: NOT_USABLE, FILE_CHANGED or FILE_MISSING for any other. */
export async function runResolve(
  invocation: Invocation,
  { id, files }: { readonly id: string; readonly files: boolean },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const reference = await toReference(invocation, catalog, id)
    const { id: found, digest, path, paths, loadPath, sizeBytes } = await catalog.resolve(reference)
    output.printExact(...(files ? paths : [path]))
    output.printJson({ id: found, digest, path, paths, loadPath, sizeBytes })
  })
}
