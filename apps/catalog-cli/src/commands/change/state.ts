import { waitWhileUsed } from '../../catalog/wait-while-used.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import { parseState } from '../../show/state-name.ts'

interface RunStateOptions {
  readonly id: string
  readonly state: string
  readonly wait: boolean
  readonly ifRevision: number | undefined
}

/** Moves a model to another state, where the rules allow it. */
export async function runState(
  invocation: Invocation,
  { id, state: text, wait, ifRevision }: RunStateOptions,
): Promise<undefined> {
  const { output } = invocation
  const state = parseState(text)
  await withCatalog(invocation, async (catalog) => {
    const entry = await waitWhileUsed(invocation, wait, (how) =>
      catalog.setState(id, state, { ...attributionOf(invocation), ifRevision, ...how }),
    )
    output.print(`${entry.id}: ${output.paintState(entry.state, entry.state)}`)
    output.printJson(toJsonEntry(entry))
  })
}
