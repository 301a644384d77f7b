import { readModel } from '../../catalog/read-model.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import { formatModelFields } from '../../show/model-fields.ts'

/** Shows everything that the catalog knows of one model. */
export async function runShow(
  invocation: Invocation,
  { id, showSource }: { readonly id: string; readonly showSource: boolean },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const model = await readModel(catalog, id)
    const standing = await catalog.standing(id)
    const copies = await catalog.fleet.copies(id)
    const { width } = output
    const paintState = output.paintState.bind(output)
    output.print(
      ...(await formatModelFields({ ...model, standing, copies }, { showSource, paintState, width })),
    )
    output.printJson({ ...toJsonEntry(model.entry, showSource), path: model.path, standing, copies })
  })
}
