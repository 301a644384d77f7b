import type { RegistrationInput } from 'model-catalog'
import { toJsonEntry } from '../entry-json.ts'
import { attributionOf, type Invocation } from '../invocation.ts'
import { withNewCatalog } from '../with-catalog.ts'

export interface RegisterOptions extends Omit<RegistrationInput, 'id' | 'actor' | 'reason'> {
  readonly id: string
}

/** Registers a model whose file may come later; it is Pending until it is verified. */
export async function runRegister(invocation: Invocation, options: RegisterOptions): Promise<undefined> {
  const { output, resolvePath } = invocation
  const location = options.location === undefined ? undefined : resolvePath(options.location)
  await withNewCatalog(invocation, async (catalog) => {
    const entry = await catalog.register({ ...options, location, ...attributionOf(invocation) })
    output.print(
      `${entry.id}: registered, ${entry.state}; its file belongs at ${await catalog.modelPath(entry.id)}`,
    )
    output.printJson(toJsonEntry(entry))
  })
}
