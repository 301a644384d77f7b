/** Room `commands/change`: register, add, update, state, rm, verify, repair …. */

import { sep } from 'node:path'
import type { Catalog, ModelEntry, ModelFileInput } from 'model-catalog'
import { formatVerified, verifyOne } from '../../catalog/verify-one.ts'
import { findRoot, withNewCatalog } from '../../catalog/with-catalog.ts'
import { defaultIdOf } from '../../files/default-id.ts'
import { listModelFiles } from '../../files/list-model-files.ts'
import { assertModelFile, isDirectory } from '../../files/model-file.ts'
import { placeOf } from '../../files/paths.ts'
import { readManifest } from '../../files/read-manifest.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { CliError } from '../../problem/cli-errors.ts'
import { toJsonEntry } from '../../show/entry-json.ts'

export interface AddOptions {
  readonly file: string
  readonly id?: string | undefined
  readonly source?: string | undefined
  readonly digest?: string | undefined
  readonly name?: string | undefined
  readonly tags?: readonly string[] | undefined
  /** A list as `sha256sum` writes it; the files of a directory where absent. */
  readonly manifest?: string | undefined
}

/** Registers a file, or the files of a directory, where they are, and verifies them at once. */
export async function runAdd(invocation: Invocation, options: AddOptions): Promise<undefined> {
  const { output } = invocation
  const path = invocation.resolvePath(parseFile(options.file))
  const files = await findFiles(
    path,
    findRoot(invocation),
    options.manifest && invocation.resolvePath(options.manifest),
  )
  const id = options.id ?? parseDefaultId(path)
  await withNewCatalog(invocation, async (catalog, root) => {
    const { source = `file:${path}`, digest, name, tags } = options
    const place = await placeOf(root, path)
    await catalog.register({ id, source, digest, name, tags, files, ...place, ...attributionOf(invocation) })
    const entry = await verifyRegistered(catalog, invocation, id)
    output.print(formatVerified(entry))
    if (entry.digestOrigin === 'computed') {
      output.print(`  digest ${entry.digest}, computed just now: compare it with what the publisher says`)
    }
    output.printJson(toJsonEntry(entry))
  })
}

/** The files of a directory, or undefined for a model of one file. */
async function findFiles(
  path: string,
  root: string,
  manifest: string | undefined,
): Promise<readonly ModelFileInput[] | undefined> {
  if (manifest !== undefined) return await readManifest(manifest)
  // A directory with the catalog in it is no model: its files would change with every command.
  const hasCatalog = root === path || root.startsWith(path.endsWith(sep) ? path : `${path}${sep}`)
  if (!hasCatalog && (await isDirectory(path))) return await listModelFiles(path)
  await assertModelFile(path)
  return undefined
}

/** Ctrl-C while the file is read leaves a registered model behind: say so, and how to go on. */
async function verifyRegistered(catalog: Catalog, invocation: Invocation, id: string): Promise<ModelEntry> {
  try {
    return await verifyOne(catalog, invocation, { id })
  } catch (error) {
    if (invocation.signal.aborted) {
      invocation.output.note(`${id} is registered and stays Pending; catalog verify ${id} goes on with it`)
    }
    throw error
  }
}

/** The address is not repeated: it may carry credentials. */
function parseFile(file: string): string {
  if (!/^[A-Za-z][A-Za-z0-9+.-]+:\/\//u.test(file)) return file
  throw new CliError(
    'USAGE',
    'add takes a file and does not download; fetch it, then give the address as --source',
  )
}

function parseDefaultId(path: string): string {
  const id = defaultIdOf(path)
  if (id !== undefined) return id
  throw new CliError('USAGE', `no id can be made of the file name of ${path}; give one with --id`)
}
