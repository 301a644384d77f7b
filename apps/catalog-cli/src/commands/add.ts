import type { Catalog, ModelEntry } from 'model-catalog'
import { CliError } from '../cli-errors.ts'
import { defaultIdOf } from '../default-id.ts'
import { toJsonEntry } from '../entry-json.ts'
import { attributionOf, type Invocation } from '../invocation.ts'
import { assertModelFile } from '../model-file.ts'
import { placeOf } from '../paths.ts'
import { formatVerified, verifyOne } from '../verify-one.ts'
import { withNewCatalog } from '../with-catalog.ts'

export interface AddOptions {
  readonly file: string
  readonly id?: string | undefined
  readonly source?: string | undefined
  readonly digest?: string | undefined
  readonly name?: string | undefined
  readonly tags?: readonly string[] | undefined
}

/** Registers a file where it is, and verifies it at once. */
export async function runAdd(invocation: Invocation, options: AddOptions): Promise<undefined> {
  const { output } = invocation
  const path = invocation.resolvePath(parseFile(options.file))
  await assertModelFile(path)
  const id = options.id ?? parseDefaultId(path)
  await withNewCatalog(invocation, async (catalog, root) => {
    const { source = `file:${path}`, digest, name, tags } = options
    const place = await placeOf(root, path)
    await catalog.register({ id, source, digest, name, tags, ...place, ...attributionOf(invocation) })
    const entry = await verifyRegistered(catalog, invocation, id)
    output.print(formatVerified(entry))
    if (entry.digestOrigin === 'computed') {
      output.print(`  digest ${entry.digest}, computed just now: compare it with what the publisher says`)
    }
    output.printJson(toJsonEntry(entry))
  })
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
