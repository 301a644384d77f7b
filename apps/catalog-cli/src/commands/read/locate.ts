import { CatalogError, type LifecycleState, redactSource } from 'model-catalog'
import { toReference } from '../../catalog/to-reference.ts'
import { withCatalog } from '../../catalog/with-catalog.ts'
import type { Invocation } from '../../options/invocation.ts'
import { toJsonEntry } from '../../show/entry-json.ts'
import { formatTable } from '../../text/table.ts'

/** Shows every model that an id or a reference means, a line for each of its paths. NOT_FOUND where it means none. */
export async function runLocate(invocation: Invocation, idOrRef: string): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const models = await catalog.locate(await toReference(invocation, catalog, idOrRef))
    if (models.length === 0) {
      const id = redactSource(idOrRef)
      throw new CatalogError('NOT_FOUND', `no model is or comes from "${id}", or has its file there`, { id })
    }
    const paint = (cell: string): string => output.paintState(cell.trim() as LifecycleState, cell)
    const columns = [{ title: 'ID' }, { title: 'STATE', paint, leaves: 1 }, { title: 'PATH', isCut: false }]
    const rows = models.flatMap(({ id, entry, paths }) => paths.map((path) => [id, entry.state, path]))
    // Paths are for copying: none is cut.
    output.print(...formatTable(columns, rows, output.width))
    output.printJson({
      models: models.map(({ id, entry, paths }) => ({ id, paths, entry: toJsonEntry(entry) })),
    })
  })
}
