import type { CatalogSettings, Evidence, VolumeSight } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { ownKeyOf } from './own-evidence.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** When each opened catalog last looked, so that no more than one look a day is taken. */
const looked = new WeakMap<object, number>()

/**
 * Records that the volumes with an anchor that are here were seen, at most once a day, if the evidence at hand is older than
 * that, so that what was read there keeps counting for other machines. Serving a model does not wait for it. If it cannot be
 * written, the evidence counts from its last reading on.
 */
export async function noteSeenVolumes(context: CatalogContext, { at }: Pick<Evidence, 'at'>): Promise<void> {
  const { store, clock } = context
  const now = clock.now().getTime()
  if (Math.abs(now - Date.parse(at)) < DAY_MS) return
  const last = looked.get(store) ?? Number.NEGATIVE_INFINITY
  if (Math.abs(now - last) < DAY_MS) return
  looked.set(store, now)
  try {
    const { revision, policy, volumes } = await store.settings()
    const seen = findUnseen(context, volumes, now)
    if (Object.keys(seen).length === 0) return
    const settings: CatalogSettings = { policy, volumes: { ...volumes, ...seen } }
    // If another writer was faster, it will have seen the same, or it is tried again tomorrow.
    await store.changeSettings({ ifRevision: revision, settings })
  } catch {
    // A catalog that is opened for reading only, or a disk that is full.
  }
}

/** Those that were not seen for a day, of the volumes that are here. */
function findUnseen(
  context: CatalogContext,
  known: Readonly<Record<string, VolumeSight>>,
  now: number,
): Readonly<Record<string, VolumeSight>> {
  const { volumes, node, clock } = context
  const lastSeen = clock.now().toISOString()
  const keys = volumes.list().flatMap((volume) => {
    return volume.anchor === undefined ? [] : [ownKeyOf(context, volume)]
  })
  const unseen = keys.filter((key) => {
    const sight = Object.hasOwn(known, key) ? known[key] : undefined
    return sight === undefined || Math.abs(now - Date.parse(sight.lastSeen)) >= DAY_MS
  })
  return Object.fromEntries(unseen.map((key) => [key, { lastSeen, node }]))
}
