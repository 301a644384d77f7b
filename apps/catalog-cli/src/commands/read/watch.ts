import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { isInterruptedByUser } from '../../problem/interruption.ts'
import { formatChange } from '../../show/change-table.ts'
import { toJsonChange } from '../../show/entry-json.ts'

/** Shows every change as it is made, until Ctrl-C: that is how it ends, and no error. */
export async function runWatch(invocation: Invocation, position: number | undefined): Promise<undefined> {
  const { output, signal } = invocation
  const paintState = output.paintState.bind(output)
  await withCatalog(invocation, async (catalog) => {
    const since = position ?? (await catalog.refresh())
    output.note(`watching from position ${since} on; Ctrl-C ends it`)
    try {
      for await (const change of catalog.watch({ since, signal })) {
        output.print(formatChange(change, paintState))
        output.printJsonLine(toJsonChange(change))
      }
    } catch (error) {
      if (!isInterruptedByUser(signal)) throw error
    }
  })
}
