import { toJsonEntry } from '../entry-json.ts'
import { attributionOf, type Invocation } from '../invocation.ts'
import { parseState } from '../state-name.ts'
import { waitWhileUsed } from '../wait-while-used.ts'
import { withCatalog } from '../with-catalog.ts'

/** Moves a model to another state, where the rules allow it. */
export async function runState(
  invocation: Invocation,
  { id, state: text, wait }: { readonly id: string; readonly state: string; readonly wait: boolean },
): Promise<undefined> {
  const { output } = invocation
  const state = parseState(text)
  await withCatalog(invocation, async (catalog) => {
    const entry = await waitWhileUsed(invocation, wait, (how) =>
      catalog.setState(id, state, { ...attributionOf(invocation), ...how }),
    )
    output.print(`${entry.id}: ${output.paintState(entry.state, entry.state)}`)
    output.printJson(toJsonEntry(entry))
  })
}
