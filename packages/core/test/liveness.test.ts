import { fixedClock, sampleDigest, sampleEntry, sampleEvidence, sampleVolume } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, plant } from './test-catalog.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const [right, wrong] = [sampleDigest(1), sampleDigest(2)]
const PATH = '/models/m.gguf'

/** A model that another volume has right, read so many days ago, and whose file here is wrong. */
async function openWithOther(daysAgo: number) {
  const clock = fixedClock()
  const at = new Date(clock.now().getTime() - daysAgo * DAY_MS).toISOString()
  const opened = await openTestCatalog({ clock })
  const evidence = { 'volume-2': { ...sampleEvidence(right), volume: 'volume-2', at } }
  await plant(opened.other, sampleEntry({ id: 'm', digest: right, state: 'Active', evidence }))
  opened.files.put(PATH, wrong)
  return opened
}

describe('evidence of a volume that is away', () => {
  it.each([
    [30, 'Active'],
    [31, 'Failed'],
    // A clock that was ahead does not make it live for ever.
    [-31, 'Failed'],
  ] as const)('read %i days ago leaves a model with a wrong file %s', async (daysAgo, state) => {
    const { catalog } = await openWithOther(daysAgo)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state })
  })

  it('counts, however long ago it was read, if the volume is here', async () => {
    const { catalog, files } = await openWithOther(400)
    files.volumes.present = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  })

  it('counts for as long as the policy says', async () => {
    const { catalog } = await openWithOther(5)
    await catalog.policy.set({ silentAfterMs: 4 * DAY_MS })
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Failed' })
  })

  it('counts for longer if another machine has seen the volume since', async () => {
    const opened = await openWithOther(31)
    const { backing, clock, catalog } = opened
    const other = await openTestCatalog({ backing, clock, node: 'node-2' })
    other.files.put('/models/o.gguf', right)
    await other.catalog.register({ id: 'o', source: 'hf:org/o' })
    await other.catalog.verify('o')
    clock.advance(2 * DAY_MS)
    await other.catalog.resolve('o')
    await expect.poll(async () => Object.keys((await opened.other.settings()).volumes)).toEqual(['volume-2'])
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active' })
  })

  it('serves again, unread, once the volume is back', async () => {
    const { catalog, files, clock } = await openTestCatalog()
    files.put(PATH, right)
    await catalog.register({ id: 'm', source: 'hf:org/m' })
    await catalog.verify('m')
    files.volumes.present = []
    await expect(catalog.resolve('m')).rejects.toMatchObject({ details: { problem: 'no-evidence' } })
    clock.advance(40 * DAY_MS)
    files.volumes.present = [sampleVolume()]
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    expect(files.read).toHaveLength(1)
  })

  it('is forgotten by a plan only if other evidence speaks for the model', async () => {
    const { catalog, files, other } = await openWithOther(31)
    expect((await catalog.upkeep.doctor()).findings.map(({ kind }) => kind)).not.toContain('dead-evidence')
    files.put(PATH, right)
    await catalog.verify('m')
    const plan = await catalog.upkeep.doctor()
    expect(plan.findings).toMatchObject([{ kind: 'dead-evidence', id: 'm' }])
    await catalog.upkeep.apply(plan)
    expect(Object.keys((await other.get(plan.findings[0]?.id as never))?.evidence ?? {})).toEqual([
      'volume-1',
    ])
  })
})

it('evidence of a volume that is here again when the plan is applied is not forgotten', async () => {
  const { catalog, files } = await openWithOther(31)
  files.put(PATH, right)
  await catalog.verify('m')
  const plan = await catalog.upkeep.doctor()
  files.volumes.present = [sampleVolume(), sampleVolume({ id: 'volume-2', dev: '2050' })]
  expect(await catalog.upkeep.apply(plan)).toMatchObject({ done: [], skipped: [{}] })
  expect(Object.keys((await catalog.get('m'))?.evidence ?? {}).sort()).toEqual(['volume-1', 'volume-2'])
})

describe('evidence that an older version kept by the name of a host', () => {
  it('is adopted by that host if all fields agree, unread', async () => {
    const { catalog, files, other } = await openTestCatalog()
    files.put(PATH, right)
    const { volume: _volume, anchor: _anchor, node: _node, ...evidence } = sampleEvidence(right)
    const own = { ...evidence, fingerprint: files.readFingerprint(PATH) }
    await plant(other, sampleEntry({ id: 'm', digest: right, state: 'Active', evidence: { 'node-1': own } }))
    expect(await catalog.resolve('m')).toMatchObject({ path: PATH })
    const entry = await catalog.get('m')
    expect(entry?.evidence).toMatchObject({ 'volume-1': { volume: 'volume-1', at: own.at } })
    expect(entry?.evidence?.['volume-1']?.fingerprint).not.toHaveProperty('dev')
    expect(Object.keys(entry?.evidence ?? {})).toEqual(['volume-1'])
    expect(files.read).toEqual([])
  })

  it.each(['dev', 'ino', 'mtimeNs'] as const)('is not if the %s differs', async (field) => {
    const { catalog, files, other } = await openTestCatalog()
    files.put(PATH, right)
    const { volume: _volume, anchor: _anchor, ...evidence } = sampleEvidence(right)
    const own = { ...evidence, fingerprint: { ...files.readFingerprint(PATH), [field]: '7' } }
    await plant(other, sampleEntry({ id: 'm', digest: right, state: 'Active', evidence: { 'node-1': own } }))
    await expect(catalog.resolve('m')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
  })
})

it('the doctor reports evidence, leases and downloads dated in the future', async () => {
  const { catalog, files, other } = await openTestCatalog()
  files.put(PATH, right)
  await catalog.register({ id: 'm', source: 'hf:org/m' })
  await catalog.verify('m')
  const { evidence = {} } = (await catalog.get('m')) ?? {}
  const [own] = Object.values(evidence)
  if (own === undefined) throw new Error('there must be evidence')
  const until = '2038-01-19T00:00:00.000Z'
  const { node: _node, ...unnamed } = own
  const lease = { holder: 'h', node: 'n', at: until, until }
  await edit(other, 'm', {
    evidence: { 'volume-1': { ...own, at: until }, 'volume-2': { ...unnamed, at: until } },
    leases: [
      { ...lease, id: 'l' },
      { ...lease, id: 'k', until: '2025-10-02T00:00:00.000Z' },
    ],
    download: { holder: 'd', node: 'n', path: PATH, startedAt: until, until },
  })
  const { findings, actions } = await catalog.upkeep.doctor()
  const texts = [
    / at 2038-01-19T00:00:00\.000Z by node-1, .* catalog verify m$/,
    / at 2038-01-19T00:00:00\.000Z, .* catalog verify m$/,
    /^h .* until 2038-01-19T00:00:00\.000Z.* catalog lease release m l /,
    /^d .* until 2038-01-19T00:00:00\.000Z.* catalog download abandon m --holder d /,
  ]
  const ahead = { kind: 'clock-ahead', id: 'm', path: PATH, bytes: 0 }
  expect(findings).toEqual(texts.map((text) => ({ ...ahead, text: expect.stringMatching(text) })))
  expect(actions).toEqual([])
})

it('the doctor does not take a download of 30 days for one of a wrong clock', async () => {
  const { catalog } = await openTestCatalog()
  await catalog.register({ id: 'm', source: 'hf:org/m' })
  await catalog.downloads.begin('m', { forMs: 30 * DAY_MS })
  expect((await catalog.upkeep.doctor()).findings).toEqual([])
})

it('the doctor plans to forget all evidence of volumes that were away for too long, and says how much there is', async () => {
  const { catalog, files, other } = await openWithOther(31)
  files.put(PATH, right)
  await catalog.verify('m')
  const [finding] = (await catalog.upkeep.doctor()).findings
  expect(finding?.text).toMatch(/ volume volume-2 by node-1 at 2025-08-31T00:00:00\.000Z: /)
  const { evidence = {} } = (await catalog.get('m')) ?? {}
  const [old] = Object.values(evidence).filter(({ volume }) => volume === 'volume-2')
  if (old === undefined) throw new Error('there must be old evidence')
  const { node: _node, ...unnamed } = old
  const more = { 'volume-2': unnamed, 'volume-3': { ...old, volume: 'volume-3' } }
  const entry = await edit(other, 'm', { evidence: { ...evidence, ...more } })
  const { findings, actions } = await catalog.upkeep.doctor()
  const text = expect.stringMatching(/ by volume-2 at \S+ and 1 more: /)
  expect(findings).toEqual([{ kind: 'dead-evidence', id: 'm', path: PATH, bytes: 0, text }])
  const planned = { id: 'm', revision: entry.revision, state: 'Active' }
  const keys = ['volume-2', 'volume-3']
  expect(actions).toEqual([{ kind: 'forget-evidence', entry: planned, paths: [], keys }])
})
