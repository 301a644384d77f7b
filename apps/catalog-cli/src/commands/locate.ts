import { CatalogError, type LifecycleState, redactSource } from 'model-catalog'
import { toJsonEntry } from '../entry-json.ts'
import type { Invocation } from '../invocation.ts'
import { toPrintable } from '../text/printable.ts'
import { formatTable } from '../text/table.ts'
import { toReference } from '../to-reference.ts'
import { withCatalog } from '../with-catalog.ts'

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
    const columns = [{ title: 'ID' }, { title: 'STATE', paint }, { title: 'PATH' }]
    const rows = models.flatMap(({ id, entry, paths }) =>
      paths.map((path) => [id, entry.state, toPrintable(path)]),
    )
    // Paths are for copying: none is cut.
    output.print(...formatTable(columns, rows))
    output.printJson({
      models: models.map(({ id, entry, paths }) => ({ id, paths, entry: toJsonEntry(entry) })),
    })
  })
}
