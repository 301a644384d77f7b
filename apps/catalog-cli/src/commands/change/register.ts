import type { RegistrationInput } from 'model-catalog'
import { withNewCatalog } from '../../catalog/with-catalog.ts'
import { originOfList, readManifest } from '../../files/read-manifest.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { toJsonEntry } from '../../show/entry-json.ts'

export interface RegisterOptions extends Omit<RegistrationInput, 'id' | 'actor' | 'reason' | 'files'> {
  readonly id: string
  /** A list as `sha256sum` writes it. */
  readonly manifest?: string | undefined
}

/** Registers a model whose file may come later; it is Pending until it is verified. */
export async function runRegister(
  invocation: Invocation,
  { manifest, ...options }: RegisterOptions,
): Promise<undefined> {
  const { output, resolvePath } = invocation
  const location = options.location === undefined ? undefined : resolvePath(options.location)
  const linksInto = options.linksInto === undefined ? undefined : resolvePath(options.linksInto)
  const { digest, digestOrigin = originOfList(digest, manifest) } = options
  const files = manifest === undefined ? undefined : await readManifest(resolvePath(manifest))
  await withNewCatalog(invocation, async (catalog) => {
    const entry = await catalog.register({
      ...options,
      digestOrigin,
      location,
      linksInto,
      files,
      ...attributionOf(invocation),
    })
    output.print(
      `${entry.id}: registered, ${entry.state}; its ${files === undefined ? 'file belongs' : 'files belong'} at ${await catalog.modelPath(entry.id)}`,
    )
    output.printJson(toJsonEntry(entry))
  })
}
