import { foldChanges, sampleEntry } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import { type CatalogStore, type CommittedChange, VERIFICATION_OUTCOMES } from '@catalog/types'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifyHistory } from '../src/history/verify-history.ts'
import { modelId } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const step = fc.record({
  store: fc.constantFrom('one' as const, 'other' as const),
  kind: fc.constantFrom('put', 'put', 'put', 'verify', 'verify', 'remove', 'settings', 'prune', 'reopen'),
  id: fc.constantFrom('a', 'b', 'c'),
  outcome: fc.constantFrom(...VERIFICATION_OUTCOMES),
  bytes: fc.nat(),
  durationMs: fc.nat({ max: 20_000_000 }),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const root = useTemporaryRoot()
let runs = 0

it('totals are the whole history, and that of a model is its part of it, by any writers, however often it was pruned', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), play), {
    numRuns: scaleRuns(4),
  })
})

async function play(steps: readonly Step[]): Promise<void> {
  runs += 1
  const place = root.at(`run-${runs}`)
  // So small that a few commits fill a segment.
  const open = (): Promise<CatalogStore> => root.open({ root: place, segmentBytes: 1 })
  const stores = { one: await open(), other: await open() }
  const seen: CommittedChange[] = []
  for (const { store, kind, ...planned } of steps) {
    const position = await stores[store].refresh()
    if (kind === 'reopen') {
      await stores[store].close()
      stores[store] = await open()
    } else await take(stores[store], kind, planned)
    // Before anything of it can be pruned.
    seen.push(...(await stores[store].changes(position)))
    for (const each of Object.values(stores)) {
      expect(await each.totals()).toEqual(foldChanges(seen, await each.refresh()))
      const own = (await each.changes(0)).filter(({ id }) => id === planned.id)
      expect(await each.changes(0, modelId(planned.id))).toEqual(own)
    }
  }
  for (const each of Object.values(stores)) await each.close()
  expect(await verifyHistory(place)).toMatchObject({ ok: true })
}

async function take(
  store: CatalogStore,
  kind: string,
  { id: text, ...verification }: Omit<Step, 'store' | 'kind'>,
): Promise<void> {
  const id = modelId(text)
  const ifRevision = (await store.get(id))?.revision ?? 0
  const verified = { id, ...verification }
  if (kind === 'settings') {
    const { revision } = await store.settings()
    await store.changeSettings({ ifRevision: revision, settings: { policy: {}, volumes: {} } })
  } else if (kind === 'prune') await store.pruneHistory()
  else if (kind === 'verify')
    await store.commit([{ operation: 'verify', changes: [], verification: verified }])
  else if (kind === 'put') {
    const changes = [{ id, ifRevision, entry: sampleEntry({ id: text }) }]
    const isVerified = verification.bytes % 2 === 0
    await store.commit([{ operation: 'update', changes, ...(isVerified && { verification: verified }) }])
  } else if (ifRevision > 0)
    await store.commit([{ operation: 'remove', changes: [{ id, ifRevision, entry: null }] }])
}
