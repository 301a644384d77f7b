import type { EntryUpdateInput } from 'model-catalog'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { originOfList, readManifest } from '../../files/read-manifest.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { toJsonEntry } from '../../show/entry-json.ts'

export interface UpdateOptions extends Omit<EntryUpdateInput, 'files'> {
  readonly id: string
  readonly manifest?: string | undefined
  readonly ifRevision?: number | undefined
}

/** Changes what is said of a model; says so where that makes it Pending. */
export async function runUpdate(
  invocation: Invocation,
  { id, manifest, ifRevision, ...given }: UpdateOptions,
): Promise<undefined> {
  const { output, resolvePath } = invocation
  const { location, linksInto, digest, digestOrigin = originOfList(digest, manifest) } = given
  const files = manifest === undefined ? undefined : await readManifest(resolvePath(manifest))
  const place = {
    ...(typeof location === 'string' && { location: resolvePath(location) }),
    ...(typeof linksInto === 'string' && { linksInto: resolvePath(linksInto) }),
  }
  const update: EntryUpdateInput = { ...given, ...place, digestOrigin, files }
  if (Object.values(update).every((value) => value === undefined)) {
    throw new CliError(
      'USAGE',
      'update changes nothing without an option that says what: see catalog help update',
    )
  }
  await withCatalog(invocation, async (catalog) => {
    const before = await catalog.get(id)
    const entry = await catalog.update(id, update, { ...attributionOf(invocation), ifRevision })
    const isReset = before?.state !== entry.state
    const state = output.paintState(entry.state, entry.state)
    output.print(`${entry.id}: updated, ${state}${isReset ? '; verify it again' : ''}`)
    output.printJson(toJsonEntry(entry))
  })
}
