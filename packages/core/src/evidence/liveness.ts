import type { CatalogSettings, Evidence, VolumeSight } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import type { IsLive } from './evidence.ts'
import { createHereCheck, otherKeysOf } from './own-evidence.ts'

export const DEFAULT_SILENT_AFTER_MS: number = 30 * 24 * 60 * 60 * 1000

/**
 * Which evidence speaks for its volume at this moment: that of the volumes that are here, and of those that are away for
 * no longer than the policy says. The rest neither keeps a model Active nor keeps it from being Failed, and serves again
 * once its volume is back.
 */
export async function livenessOf(context: CatalogContext): Promise<IsLive> {
  const { store, clock } = context
  const isHere = createHereCheck(context)
  const { volumes: seen } = await store.settings()
  const { silentAfterMs = DEFAULT_SILENT_AFTER_MS } = await policyOf(context)
  const now = clock.now().getTime()
  // A clock that was ahead must not make evidence live for ever.
  const isRecent = (at: string): boolean => Math.abs(now - Date.parse(at)) <= silentAfterMs
  return (key, evidence) => {
    if (isHere(key, evidence) || isRecent(evidence.at)) return true
    return sightsOf(seen, key, evidence).some(({ lastSeen }) => isRecent(lastSeen))
  }
}

/** When the volume of evidence was seen by the node that has it, under whichever key that was recorded. */
export function sightsOf(
  seen: CatalogSettings['volumes'],
  key: string,
  evidence: Evidence,
): readonly VolumeSight[] {
  return [key, ...otherKeysOf(evidence, key)].flatMap((each) => {
    const sight = Object.hasOwn(seen, each) ? seen[each] : undefined
    // Under the volume alone it may be another machine that saw a clone of it.
    return sight === undefined || (each !== key && sight.node !== evidence.node) ? [] : [sight]
  })
}
