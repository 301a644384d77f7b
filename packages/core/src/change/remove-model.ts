import type { ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { WriteOptions } from '../entry/operation-options.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { assertNotUsed } from '../lease/active-leases.ts'
import { type WaitOptions, waitUntilUnused } from '../lease/wait-until-unused.ts'

export interface RemoveRequest extends WriteOptions, WaitOptions {
  readonly id: ModelId
}

/** Removes a model from the catalog unless it is in use or being downloaded. */
export async function removeModel(
  context: CatalogContext,
  { wait, ...request }: RemoveRequest,
): Promise<ModelEntry> {
  return await waitUntilUnused(context, { id: request.id, wait }, async () => {
    const { before } = await updateEntry(context, { ...request, operation: 'remove' }, (entry) => {
      assertNotUsed(context, entry)
      return null
    })
    return before
  })
}
