import type { CatalogSettings, VolumeSight } from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { DEFAULT_SILENT_AFTER_MS } from './liveness.ts'
import { ownKeyOf } from './own-evidence.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A sight says nothing after this time. Machines come and go, and every look at the settings reads all sights. */
const KEPT_MS = 365 * DAY_MS
/** With many machines another one is often faster. */
const MAX_ATTEMPTS = 20

/** When each opened catalog last looked, so that it does not look again before the next sight is due. */
const looked = new WeakMap<object, { readonly at: number; readonly everyMs: number }>()

/** What is known by now, so that it need not be looked up. */
export interface SightHints {
  /** The time of the evidence that the caller goes by: while it is young, it says itself that the volume was seen. */
  readonly readAt?: string
  readonly policy?: CatalogPolicy
}

/** What is being recorded for each opened catalog, until it has ended. */
const underWay = new WeakMap<object, Promise<void>>()

/**
 * Records that the volumes with an anchor that are here were seen: at most once a day, or more often if the policy calls a
 * volume silent sooner. One small commit for all volumes of a machine, and none for a model; so what was read there keeps
 * counting for other machines. No caller waits for it, but `close` does. If it cannot be written, the evidence counts from its
 * last reading on.
 */
export function noteSeenVolumes(context: CatalogContext, hints: SightHints = {}): Promise<void> {
  if (isNoted(context, hints)) return Promise.resolve()
  const { store } = context
  const note = recordSights(context, hints)
  const all = Promise.all([underWay.get(store), note]).then(() => undefined)
  underWay.set(store, all)
  return note
}

/** Waits for what is being recorded: a program that resolves one model and ends has seen its volumes too. */
export async function finishNotes({ store }: CatalogContext): Promise<void> {
  await underWay.get(store)
}

function isNoted({ store, clock }: CatalogContext, { readAt, policy }: SightHints): boolean {
  const now = clock.now().getTime()
  const last = looked.get(store)
  if (last !== undefined && Math.abs(now - last.at) < last.everyMs) return true
  // Stryker disable next-line ConditionalExpression: only the types need this: no time is near none.
  if (readAt === undefined || policy === undefined) return false
  return Math.abs(now - Date.parse(readAt)) < spanOf(policy)
}

function spanOf({ silentAfterMs = DEFAULT_SILENT_AFTER_MS }: CatalogPolicy): number {
  return Math.min(DAY_MS, silentAfterMs / 4)
}

async function recordSights(context: CatalogContext, hints: SightHints): Promise<void> {
  const { store, clock } = context
  try {
    const policy = hints.policy ?? (await policyOf(context))
    if (isNoted(context, { ...hints, policy })) return
    const everyMs = spanOf(policy)
    looked.set(store, { at: clock.now().getTime(), everyMs })
    const { silentAfterMs = DEFAULT_SILENT_AFTER_MS } = policy
    const keptMs = Math.max(KEPT_MS, 2 * silentAfterMs)
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      if (await tryToNote(context, { everyMs, keptMs })) return
    }
  } catch {
    // A catalog that is opened for reading only, or a disk that is full.
  }
}

/**
 * The same while a machine works for a store that several share, without evidence at hand: what does not resolve models, as an
 * audit or a renewed lease, shows as well that its volumes are there.
 */
export async function noteSeenInFleet(context: CatalogContext): Promise<void> {
  if (context.store.isShared) await noteSeenVolumes(context)
}

interface Spans {
  readonly everyMs: number
  readonly keptMs: number
}

/** False if another writer came between. */
async function tryToNote(context: CatalogContext, spans: Spans): Promise<boolean> {
  const { store, clock } = context
  const now = clock.now().getTime()
  const { revision, policy, volumes } = await store.settings()
  const seen = findUnseen(context, volumes, spans.everyMs)
  if (Object.keys(seen).length === 0) return true
  const isKept = ([, { lastSeen }]: [string, VolumeSight]): boolean =>
    Math.abs(now - Date.parse(lastSeen)) < spans.keptMs
  const kept = Object.fromEntries(Object.entries(volumes).filter(isKept))
  const settings: CatalogSettings = { policy, volumes: { ...kept, ...seen } }
  return (await store.changeSettings({ ifRevision: revision, settings })).applied
}

/** Those of the volumes that are here that were not seen for so long. */
function findUnseen(
  context: CatalogContext,
  known: Readonly<Record<string, VolumeSight>>,
  everyMs: number,
): Readonly<Record<string, VolumeSight>> {
  const { volumes, node, clock } = context
  const lastSeen = clock.now().toISOString()
  const now = clock.now().getTime()
  const keys = volumes.list().flatMap((volume) => {
    return volume.anchor === undefined ? [] : [ownKeyOf(context, volume)]
  })
  const unseen = keys.filter((key) => {
    const sight = Object.hasOwn(known, key) ? known[key] : undefined
    return sight === undefined || Math.abs(now - Date.parse(sight.lastSeen)) >= everyMs
  })
  return Object.fromEntries(unseen.map((key) => [key, { lastSeen, node }]))
}
