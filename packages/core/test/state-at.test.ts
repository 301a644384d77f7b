import { createMemoryBacking, sampleEntry, sampleRegistration } from '@catalog/testkit'
import { CatalogError } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { dropEntry, openTestCatalog, plant, type TestCatalog } from './test-catalog.ts'

const START = Date.parse('2025-10-01T00:00:00.000Z')

function after(minutes: number): string {
  return new Date(START + minutes * 60_000).toISOString()
}

/** `a` is registered at minute 1, retired at 2, removed at 3; `b` is registered at 4. */
async function openWithHistory(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  const { catalog, clock } = opened
  const steps = [
    () => catalog.register(sampleRegistration({ id: 'a' })),
    () => catalog.setState('a', 'Retired'),
    () => catalog.remove('a'),
    () => catalog.register(sampleRegistration({ id: 'b' })),
  ]
  for (const step of steps) {
    clock.advance(60_000)
    await step()
  }
  return opened
}

describe('stateAt', () => {
  it('is what there was then, of one model and of all', async () => {
    const { catalog } = await openWithHistory()
    expect(await catalog.history.stateAt(after(0))).toEqual([])
    expect(await catalog.history.stateAt(after(1))).toMatchObject([{ id: 'a', state: 'Pending' }])
    expect(await catalog.history.stateAt(after(2.5))).toMatchObject([{ id: 'a', state: 'Retired' }])
    expect(await catalog.history.stateAt(after(3))).toEqual([])
    expect(await catalog.history.stateAt(after(99))).toMatchObject([{ id: 'b', revision: 1 }])
    expect(await catalog.history.stateAt('2025-10-01T02:01:00+02:00', 'a')).toMatchObject({ revision: 1 })
    expect(await catalog.history.stateAt(after(3), 'a')).toBeUndefined()
    expect(await catalog.history.stateAt(after(2), 'b')).toBeUndefined()
    expect(await catalog.history.stateAt(after(2), 'A')).toBeUndefined()
    expect(await catalog.history.stateAt('2025-10-01', 'never')).toBeUndefined()
  })

  it('goes by the order of the journal where the clocks of writers differ', async () => {
    const { catalog, clock } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'a' }))
    clock.advance(60_000)
    await catalog.setState('a', 'Retired')
    clock.advance(-30_000)
    await catalog.remove('a')
    expect(await catalog.history.stateAt(after(2))).toEqual([])
    expect(await catalog.history.stateAt(after(0.2))).toMatchObject([{ state: 'Pending' }])
  })

  it('leaves what no kept change touches as it stands, and refuses to guess what was before', async () => {
    const opened = await openTestCatalog()
    const { catalog, clock, other } = opened
    for (const id of ['still', 'changed', 'gone']) await plant(other, sampleEntry({ id }))
    clock.advance(60_000)
    await plant(other, sampleEntry({ id: 'new' }))
    clock.advance(60_000)
    await plant(other, sampleEntry({ id: 'changed', name: 'later' }))
    await dropEntry(other, 'gone')
    opened.backing.history.forgetUntil(3)
    const idsAt = async (time: string): Promise<unknown> =>
      (await catalog.history.stateAt(time)).map(({ id }) => id)
    expect(await idsAt(after(2))).toEqual(['changed', 'new', 'still'])
    expect(await catalog.history.stateAt(after(1), 'still')).toMatchObject({ id: 'still' })
    expect(await catalog.history.stateAt(after(1), 'absent')).toBeUndefined()
    expect(await catalog.history.stateAt(after(0), 'new')).toBeUndefined()
    const refused = { code: 'INVALID_INPUT', details: { problems: [{ field: 'time' }] } }
    // What they were before they changed is gone.
    await expect(catalog.history.stateAt(after(1))).rejects.toMatchObject(refused)
    await expect(catalog.history.stateAt(after(1), 'changed')).rejects.toMatchObject(refused)
    await expect(catalog.history.stateAt(after(1), 'gone')).rejects.toMatchObject(refused)
    await expect(catalog.history.stateAt(after(0), 'still')).rejects.toMatchObject(refused)
    await expect(catalog.history.stateAt(after(0), 'absent')).rejects.toMatchObject(refused)
    await expect(catalog.history.stateAt(after(0))).rejects.toMatchObject(refused)
  })

  it('takes a verification that changed nothing for no change: what was before it is not known from it', async () => {
    const opened = await openTestCatalog()
    const { catalog, clock, other } = opened
    await plant(other, sampleEntry({ id: 'a' }))
    clock.advance(60_000)
    await plant(other, sampleEntry({ id: 'b' }))
    clock.advance(60_000)
    await catalog.verify('a').catch(() => undefined)
    expect((await catalog.history.of('a')).at(-1)).toMatchObject({ isUnchanged: true, revision: 1 })
    opened.backing.history.forgetUntil(1)
    expect(await catalog.history.stateAt(after(1), 'a')).toMatchObject({ id: 'a', revision: 1 })
    expect((await catalog.history.stateAt(after(1))).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('does not reach back behind the first kept change, though a clock that was behind dated a later one before it', async () => {
    const opened = await openTestCatalog()
    const { catalog, clock, other } = opened
    for (const id of ['x', 'a']) await plant(other, sampleEntry({ id }))
    clock.advance(5 * 60_000)
    await plant(other, sampleEntry({ id: 'b' }))
    clock.advance(-4 * 60_000)
    await plant(other, sampleEntry({ id: 'a', name: 'later' }))
    opened.backing.history.forgetUntil(2)
    await expect(catalog.history.stateAt(after(2), 'a')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('fails if it cannot be known how far the history reaches back', async () => {
    const { catalog, store, backing, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'a' }))
    backing.history.forgetUntil(backing.position)
    const changes = store.changes.bind(store)
    store.changes = (since, ...more) =>
      since === 1
        ? Promise.reject(new CatalogError('IO', 'bad sector', { operation: 'read' }))
        : changes(since, ...more)
    await expect(catalog.history.stateAt(after(-1), 'absent')).rejects.toMatchObject({ code: 'IO' })
  })

  it('knows of an adopted catalog only how it is now', async () => {
    const { catalog, backing, other } = await openTestCatalog()
    await plant(other, sampleEntry({ id: 'a' }))
    backing.history.forgetUntil(backing.position)
    expect(await catalog.history.stateAt(after(0))).toMatchObject([{ id: 'a' }])
    await expect(catalog.history.stateAt(after(-1))).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it.each(['yesterday', '2025-10-01T00:00:00', '2025-13-01', '', undefined, 0])(
    'refuses %j',
    async (time) => {
      const { catalog } = await openTestCatalog()
      const refused = { code: 'INVALID_INPUT', details: { problems: [{ field: 'time' }] } }
      await expect(catalog.history.stateAt(time as string)).rejects.toMatchObject(refused)
      await expect(catalog.history.stateAt(after(0), '..')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    },
  )
})

describe('a history of which one record was pruned', () => {
  /** `a` is registered at minute 1 and removed at 2; `b` is registered at 3. Of these the first is kept no more. */
  async function openPruned(): Promise<TestCatalog> {
    const opened = await openTestCatalog({ backing: createMemoryBacking({ segmentLength: 1 }) })
    const { catalog, clock } = opened
    const steps = [
      () => catalog.register(sampleRegistration({ id: 'a' })),
      () => catalog.remove('a'),
      () => catalog.register(sampleRegistration({ id: 'b' })),
    ]
    for (const step of steps) {
      clock.advance(60_000)
      await step()
    }
    await catalog.history.prune({ keepSegments: 3 })
    expect((await catalog.history.changes()).map(({ position }) => position)).toEqual([2, 3])
    return opened
  }

  it('refuses to guess what its models were before', async () => {
    const { catalog } = await openPruned()
    for (const id of ['a', undefined]) {
      const asked =
        id === undefined ? catalog.history.stateAt(after(1.5)) : catalog.history.stateAt(after(1.5), id)
      await expect(asked).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })

  it('tells that another model was not there: one record cannot add it and remove it', async () => {
    const { catalog } = await openPruned()
    for (const id of ['b', 'c']) expect(await catalog.history.stateAt(after(1.5), id)).toBeUndefined()
  })
})

it('a change of the settings before the first model is not taken for a pruned record', async () => {
  const { catalog, clock } = await openTestCatalog()
  await catalog.policy.set({ requireDeclaredDigest: true })
  clock.advance(60_000)
  await catalog.register(sampleRegistration({ id: 'a' }))
  expect(await catalog.history.stateAt(after(0.5))).toEqual([])
})
