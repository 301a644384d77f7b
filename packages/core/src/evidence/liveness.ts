import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import type { IsLive } from './evidence.ts'
import { evidenceKeyOf } from './own-evidence.ts'

const DEFAULT_SILENT_AFTER_MS = 30 * 24 * 60 * 60 * 1000

/**
 * Which evidence speaks for its volume at this moment: that of the volumes that are here, and of those that are away for
 * no longer than the policy says. The rest neither keeps a model Active nor keeps it from being Failed, and serves again
 * once its volume is back.
 */
export async function livenessOf(context: CatalogContext): Promise<IsLive> {
  const { store, volumes, node, clock } = context
  const here = new Set(volumes.list().map((volume) => evidenceKeyOf(volume, node)))
  const { volumes: seen } = await store.settings()
  const { silentAfterMs = DEFAULT_SILENT_AFTER_MS } = await policyOf(context)
  const now = clock.now().getTime()
  // A clock that was ahead must not make evidence live for ever.
  const isRecent = (at: string): boolean => Math.abs(now - Date.parse(at)) <= silentAfterMs
  return (key, { at }) => {
    const sight = Object.hasOwn(seen, key) ? seen[key] : undefined
    return here.has(key) || isRecent(at) || (sight !== undefined && isRecent(sight.lastSeen))
  }
}
