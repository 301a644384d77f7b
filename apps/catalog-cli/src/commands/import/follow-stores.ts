import { setTimeout } from 'node:timers/promises'
import { createScanRecord, type LayoutName } from '@catalog/import'
import type { Catalog } from 'model-catalog'
import type { Invocation } from '../../options/invocation.ts'
import { type FoundModels, findDirectories, findModels } from './found-models.ts'

/** A store is looked at again after this time, or after ten times what a look takes. */
const LEAST_PAUSE_MS = 2000
const PAUSE_FACTOR = 10

/** What is followed, and the catalog that others may change meanwhile. */
export interface Followed {
  readonly catalog: Catalog
  /** As the user wrote them; none for the stores of this machine. */
  readonly directories: readonly string[]
  readonly only: readonly LayoutName[] | undefined
}

/**
 * Calls `onChange` with what the stores hold, at once and whenever they or the catalog changed, until it is
 * interrupted: that is how it ends, and no error. While nothing changes, a look costs one `lstat` for each path that
 * the last scan looked at.
 */
export async function followStores(
  invocation: Invocation,
  followed: Followed,
  onChange: (found: FoundModels) => Promise<void>,
): Promise<void> {
  const { signal } = invocation
  const look = createLook(invocation, followed)
  try {
    for (;;) {
      const startedAtMs = performance.now()
      const found = await look()
      if (found !== undefined) await onChange(found)
      const tookMs = performance.now() - startedAtMs
      await setTimeout(Math.max(LEAST_PAUSE_MS, tookMs * PAUSE_FACTOR), undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Looks whether something changed since the look before, and gives what the stores hold if it did. */
function createLook(
  invocation: Invocation,
  { catalog, directories: given, only }: Followed,
): () => Promise<FoundModels | undefined> {
  let isSame = async (_directories: readonly string[]): Promise<boolean> => false
  let found: FoundModels | undefined
  let position = -1
  return async () => {
    const directories = await findDirectories(invocation, given)
    const isScanned = found !== undefined && (await isSame(directories))
    const positionBefore = position
    position = await catalog.refresh()
    if (isScanned) return position === positionBefore ? undefined : found
    const record = createScanRecord()
    found = await findModels(invocation, given, { only, record })
    isSame = async (now) => now.join('\0') === directories.join('\0') && (await record.isCurrent())
    return found
  }
}
