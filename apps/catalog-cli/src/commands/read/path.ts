import { LifecycleState } from 'model-catalog'
import { readModel } from '../../catalog/read-model.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'

/** Prints where a model's file is, or is to be put. That its bytes are not known to be right is said beside it. */
export async function runPath(invocation: Invocation, id: string): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const { entry, path } = await readModel(catalog, id)
    if (entry.state !== LifecycleState.Active)
      output.note(`catalog: note: ${id} is ${entry.state}, not Active`)
    output.printExact(path)
    output.printJson({ id, state: entry.state, path })
  })
}
