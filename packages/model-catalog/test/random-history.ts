import { type FixedClock, sampleEntry } from '@catalog/testkit'
import type { CatalogStore, Commit, ModelId } from '@catalog/types'
import fc from 'fast-check'

/** One step of a history: some commits of one call, which may share a position, or a change of the settings. */
export type Step =
  | { readonly kind: 'commits'; readonly commits: readonly Move[] }
  | { readonly kind: 'settings'; readonly days: number }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'prune' }

interface Move {
  readonly id: string
  readonly what: 'put' | 'remove' | 'verify' | 'stale'
  readonly name: string
  readonly minutes: number
}

const move: fc.Arbitrary<Move> = fc.record({
  id: fc.constantFrom('a', 'A', 'b', 'org/c', 'd'),
  what: fc.constantFrom('put', 'put', 'put', 'remove', 'verify', 'stale'),
  name: fc.string({ minLength: 1, maxLength: 12 }).map((text) => `n${text.replaceAll(/[^ -~é𝕏]/gu, '')}`),
  minutes: fc.integer({ min: -3, max: 100 }),
})

/** Random steps, in each of which several models are made, changed, removed and verified. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('commits' as const),
        commits: fc.array(move, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('settings' as const), days: fc.integer({ min: 1, max: 9 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'prune' as const }) },
  ),
  { minLength: 1, maxLength: 25 },
)

/** Plays the steps on a store, which is opened again where a step says so. */
export async function play(
  open: () => Promise<CatalogStore>,
  clock: FixedClock,
  history: readonly Step[],
): Promise<void> {
  let store = await open()
  for (const step of history) {
    if (step.kind === 'reopen') {
      await store.close()
      store = await open()
    } else if (step.kind === 'prune') {
      await store.pruneHistory({ keepSegments: 2 })
    } else if (step.kind === 'settings') {
      const { revision, ...settings } = await store.settings()
      const policy = { maxEvidenceAgeMs: step.days * 86_400_000 }
      await store.changeSettings({ ifRevision: revision, settings: { ...settings, policy } })
    } else {
      for (const { minutes } of step.commits) clock.advance(minutes * 60_000)
      await store.commit(await Promise.all(step.commits.map((each) => toCommit(store, each))))
    }
  }
  await store.close()
}

async function toCommit(store: CatalogStore, { id, what, name, minutes }: Move): Promise<Commit> {
  const present = await store.get(id as ModelId)
  const verification = {
    ...{ id: id as ModelId, outcome: 'unreadable' as const, bytes: 0, durationMs: Math.abs(minutes) * 997 },
    code: 'FILE_MISSING',
  }
  if (what === 'verify') return { operation: 'verify', changes: [], verification }
  const ifRevision = what === 'stale' ? 77 : (present?.revision ?? 0)
  const how = minutes % 2 === 0 ? { actor: 'ann', reason: `because ${name}` } : {}
  if (what === 'remove') {
    const change = { id: id as ModelId, ifRevision: Math.max(1, ifRevision), entry: null }
    return { operation: 'remove', ...how, changes: [change] }
  }
  const extra = { note: { text: `x\0${name}\uD800`, big: 1e300 } }
  const { revision: _revision, ...entry } = {
    revision: 0,
    ...sampleEntry({ id: id as ModelId, name, extra }),
  }
  const changes = [{ id: id as ModelId, ifRevision, entry }]
  const isVerified = minutes % 3 === 0
  return {
    ...{ operation: present === undefined ? 'register' : 'update', ...how, changes },
    ...(isVerified && { verification: { ...verification, outcome: 'success' as const, bytes: 10 } }),
  }
}
