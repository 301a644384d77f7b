import { FakeFiles, fixedClock, openMemoryStore, sampleVolume } from '@catalog/testkit'
import type { Volume, VolumeSight } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { noteSeenVolumes } from './seen-volumes.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

/** A catalog with a volume, on which evidence was read so long ago. */
async function open({ ageMs = DAY_MS, present = [sampleVolume()] as readonly Volume[] } = {}) {
  const clock = fixedClock()
  const store = await openMemoryStore({ clock })
  const { volumes } = new FakeFiles()
  volumes.present = present
  const at = new Date(clock.now().getTime() - ageMs).toISOString()
  const context = { store, clock, volumes, node: 'node-1' } as Partial<CatalogContext> as CatalogContext
  const ago = (ms: number): string => new Date(clock.now().getTime() - ms).toISOString()
  const see = async (sights: Readonly<Record<string, VolumeSight>>): Promise<void> => {
    const { revision, policy } = await store.settings()
    await store.changeSettings({ ifRevision: revision, settings: { policy, volumes: sights } })
  }
  return { note: () => noteSeenVolumes(context, { readAt: at }), store, clock, volumes, ago, see }
}

describe('that a volume was seen', () => {
  it('is recorded once its evidence is a day old', async () => {
    const { note, store, ago } = await open()
    await note()
    expect((await store.settings()).volumes).toEqual({ 'volume-1': { lastSeen: ago(0), node: 'node-1' } })
  })

  it('is not recorded while its evidence is younger', async () => {
    const { note, store } = await open({ ageMs: DAY_MS - 1 })
    await note()
    expect((await store.settings()).revision).toBe(0)
  })

  it('is looked for once a day by an opened catalog', async () => {
    const { note, store, clock, volumes } = await open()
    await note()
    volumes.present = [sampleVolume(), sampleVolume({ id: 'volume-2' })]
    clock.advance(DAY_MS - 1)
    await note()
    expect(Object.keys((await store.settings()).volumes)).toEqual(['volume-1'])
    clock.advance(1)
    await note()
    expect(Object.keys((await store.settings()).volumes)).toEqual(['volume-1', 'volume-2'])
  })

  it('is recorded again if it was seen a day ago, and leaves the others as they are', async () => {
    const present = [sampleVolume(), sampleVolume({ id: 'volume-2' }), sampleVolume({ id: 'volume-3' })]
    const { note, store, ago, see } = await open({ present })
    const away = { lastSeen: ago(9 * DAY_MS), node: 'n' }
    const recent = { lastSeen: ago(DAY_MS - 1), node: 'n' }
    const old = { lastSeen: ago(DAY_MS), node: 'n' }
    await see({ away, 'volume-1': recent, 'volume-2': old })
    await note()
    const now = { lastSeen: ago(0), node: 'node-1' }
    expect((await store.settings()).volumes).toEqual({
      ...{ away, 'volume-1': recent },
      ...{ 'volume-2': now, 'volume-3': now },
    })
  })

  it('is not written if every volume was seen, after one look', async () => {
    const { note, store, ago, see } = await open()
    await see({ 'volume-1': { lastSeen: ago(HOUR_MS), node: 'n' } })
    const settings = store.settings.bind(store)
    let looks = 0
    store.settings = () => {
      looks += 1
      return settings()
    }
    await note()
    expect((await settings()).revision).toBe(1)
    // One of them at the policy.
    expect(looks).toBe(2)
  })

  it.each([
    [{}, 365],
    [{ silentAfterMs: 10 * DAY_MS }, 365],
    [{ silentAfterMs: 300 * DAY_MS }, 600],
  ])('is forgotten, by the policy %o, after %i days, when another one is recorded', async (policy, days) => {
    const { note, store, ago } = await open({ ageMs: 400 * DAY_MS })
    const [old, kept] = [days * DAY_MS, days * DAY_MS - 1].map((ms) => ({ lastSeen: ago(ms), node: 'n' }))
    if (old === undefined || kept === undefined) throw new Error('there must be two')
    const { revision } = await store.settings()
    await store.changeSettings({ ifRevision: revision, settings: { policy, volumes: { old, kept } } })
    await note()
    expect(Object.keys((await store.settings()).volumes).sort()).toEqual(['kept', 'volume-1'])
  })

  it('is not recorded of a volume without an anchor', async () => {
    const { anchor: _anchor, ...unanchored } = sampleVolume()
    const { note, store } = await open({ present: [unanchored] })
    await note()
    expect((await store.settings()).revision).toBe(0)
  })

  it('is given up without an error if other machines are faster each time', async () => {
    const { note, store, ago, see } = await open()
    const changeSettings = store.changeSettings.bind(store)
    let attempts = 0
    store.changeSettings = async (change) => {
      attempts += 1
      store.changeSettings = changeSettings
      await see({ [`other-${attempts}`]: { lastSeen: ago(0), node: 'n' } })
      store.changeSettings = losing
      return await changeSettings(change)
    }
    const losing = store.changeSettings
    await note()
    expect(attempts).toBe(20)
    expect((await store.settings()).volumes).not.toHaveProperty('volume-1')
  })

  it('is no error if it cannot be written', async () => {
    const { note, store } = await open()
    await store.close()
    expect(await note()).toBeUndefined()
  })
})
