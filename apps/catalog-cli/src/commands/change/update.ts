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
  /** What is removed from the entry. */
  readonly clear: { readonly [Field in ClearedField]?: null }
}

/** The fields that an entry may be without. */
type ClearedField = 'digest' | 'sizeBytes' | 'file' | 'location' | 'linksInto' | 'files' | 'tags'

/** Changes what is said of a model; says so where that makes it Pending. */
export async function runUpdate(
  invocation: Invocation,
  { id, manifest, ifRevision, clear, ...given }: UpdateOptions,
): Promise<undefined> {
  const { output, resolvePath } = invocation
  const { location, linksInto, digest, digestOrigin = originOfList(digest, manifest) } = given
  const files = manifest === undefined ? undefined : await readManifest(resolvePath(manifest))
  const place = {
    ...(typeof location === 'string' && { location: resolvePath(location) }),
    ...(typeof linksInto === 'string' && { linksInto: resolvePath(linksInto) }),
  }
  const set: EntryUpdateInput = { ...given, ...place, digestOrigin, files }
  const twice = Object.keys(clear).find((field) => set[field as ClearedField] !== undefined)
  if (twice !== undefined) throw new CliError('USAGE', `--clear removes ${twice}, and another option sets it`)
  const update: EntryUpdateInput = { ...set, ...clear }
  if (Object.values(update).every((value) => value === undefined)) {
    throw new CliError(
      'USAGE',
      'update changes nothing without an option that says what: see catalog update --help',
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
