import { createMemoryBacking, sampleDigest, sampleEvidence } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'
import { openWith, pathOf } from './upkeep-world.ts'

const LATER = '2025-10-02T00:00:00.000Z'
const EARLIER = '2025-09-30T00:00:00.000Z'

it('counts models, bytes, evidence, leftovers and uses', async () => {
  const { catalog, files, clock, other } = await openWith(['a', 'b'])
  await catalog.register({ id: 'p', source: 'hf:org/model', sizeBytes: 5 })
  await catalog.register({ id: 'q', source: 'hf:org/model' })
  await edit(other, 'q', { files: [{ path: 'x', sizeBytes: 3 }, { path: 'y' }, { path: 'z', sizeBytes: 4 }] })
  clock.advance(10_000)
  await catalog.verify('b')
  const use = { holder: 'h', node: 'node-1' }
  const leases = [EARLIER, clock.now().toISOString(), LATER].map((until) => ({
    ...use,
    id: until,
    at: EARLIER,
    until,
  }))
  await edit(other, 'a', { leases, download: { ...use, path: '/p', startedAt: EARLIER, until: LATER } })
  await edit(other, 'b', { download: { ...use, path: '/p', startedAt: EARLIER, until: EARLIER } })
  files.put(`${pathOf('p')}.partial`, sampleDigest(7), 70)
  files.put(`${pathOf('p')}.quarantined-1`, sampleDigest(8), 80)
  expect(await catalog.upkeep.stats()).toEqual({
    byState: {
      Pending: { models: 2, bytes: 5 },
      Active: { models: 2, bytes: 2048 },
      Retired: { models: 0, bytes: 0 },
      Failed: { models: 0, bytes: 0 },
    },
    evidence: 2,
    oldestEvidenceAt: '2025-10-01T00:00:00.000Z',
    oldEvidence: 0,
    partialBytes: 70,
    quarantinedBytes: 80,
    unreadable: [],
    usableHere: 2,
    freeBytes: 1e12,
    leases: 1,
    downloads: 1,
  })
})

it('counts the evidence that the policy no longer accepts', async () => {
  const { catalog, other } = await openTestCatalog({
    backing: createMemoryBacking(),
    policy: { maxEvidenceAgeMs: 1000 },
  })
  expect(await catalog.upkeep.stats()).toMatchObject({ evidence: 0, oldestEvidenceAt: null })
  for (const [id, at] of [
    ['a', EARLIER],
    ['b', '2025-10-01T00:00:00.000Z'],
  ] as const) {
    await catalog.register({ id, source: 'hf:org/model' })
    const evidence = { 'volume-1': { ...sampleEvidence(sampleDigest(1)), at } }
    await edit(other, id, { digest: sampleDigest(1), evidence })
  }
  expect(await catalog.upkeep.stats()).toMatchObject({
    evidence: 2,
    oldEvidence: 1,
    oldestEvidenceAt: EARLIER,
  })
})
