import { sampleRegistration } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog } from './test-catalog.ts'

describe('history', () => {
  it('is who did what to one model, when and why, oldest first', async () => {
    const { catalog, clock } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'a', actor: 'ada', reason: 'a trial' }))
    await catalog.register(sampleRegistration({ id: 'b' }))
    await catalog.setState('a', 'Retired', { actor: 'bob' })
    await catalog.remove('a')
    const at = clock.now().toISOString()
    expect(await catalog.history.of('a')).toMatchObject([
      { operation: 'register', actor: 'ada', reason: 'a trial', revision: 1, at },
      { operation: 'set-state', actor: 'bob', revision: 2, entry: { state: 'Retired' } },
      { operation: 'remove', revision: 3, entry: null },
    ])
  })

  it('is that of all models without an id, and empty for an unknown one', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'a' }))
    await catalog.register(sampleRegistration({ id: 'b' }))
    expect((await catalog.history.changes()).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(await catalog.history.of('A')).toEqual([])
    await expect(catalog.history.of('..')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

it('the history of the store is measured, checked, summed up and pruned', async () => {
  const { catalog, other } = await openTestCatalog()
  await catalog.register(sampleRegistration({ id: 'a' }))
  expect(await catalog.history.totals()).toEqual(await other.totals())
  expect(await catalog.history.size()).toEqual(await other.measureHistory())
  expect(await catalog.history.verify()).toEqual(await other.verifyHistory())
  expect(await catalog.history.prune()).toEqual(await other.pruneHistory())
  await expect(catalog.history.prune({ keepDays: -1 } as never)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  })
})

describe('watch', () => {
  it('gives what others change from a position on', async () => {
    const { catalog, other } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'a' }))
    const since = await catalog.refresh()
    await edit(other, 'a', { state: 'Retired' })
    for await (const change of catalog.watch({ since })) {
      expect(change).toMatchObject({ id: 'a', revision: 2, entry: { state: 'Retired' } })
      break
    }
  })

  it('ends by its signal', async () => {
    const { catalog } = await openTestCatalog()
    const controller = new AbortController()
    const waiting = catalog.watch({ signal: controller.signal }).next()
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
  })

  it('ends with CLOSED once the catalog is closed', async () => {
    const { catalog } = await openTestCatalog()
    const ended = expect(catalog.watch().next()).rejects.toMatchObject({ code: 'CLOSED' })
    await catalog.close()
    await ended
  })

  it.each([-1, 1.5, Number.NaN])('refuses %d as a position', async (since) => {
    const { catalog } = await openTestCatalog()
    expect(() => catalog.watch({ since })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
