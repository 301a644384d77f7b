import { toJsonEntry } from '../entry-json.ts'
import { attributionOf, type Invocation } from '../invocation.ts'
import { parseState } from '../state-name.ts'
import { withCatalog } from '../with-catalog.ts'

/** Moves a model to another state, where the rules allow it. */
export async function runState(
  invocation: Invocation,
  { id, state: text, wait }: { readonly id: string; readonly state: string; readonly wait: boolean },
): Promise<undefined> {
  const { output, signal } = invocation
  const state = parseState(text)
  await withCatalog(invocation, async (catalog) => {
    const entry = await catalog.setState(id, state, {
      ...attributionOf(invocation),
      wait: wait && { signal },
    })
    output.print(`${entry.id}: ${output.paintState(entry.state, entry.state)}`)
    output.printJson(toJsonEntry(entry))
  })
}
