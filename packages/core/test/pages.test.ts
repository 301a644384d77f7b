import { sampleRegistration } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { openTestCatalog, type TestCatalog } from './test-catalog.ts'

async function openWith(...sizes: readonly number[]): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  for (const [index, sizeBytes] of sizes.entries()) {
    await opened.catalog.register(sampleRegistration({ id: `m${index}`, sizeBytes }))
  }
  return opened
}

describe('page', () => {
  it('has what after takes for the next one, and the last one has none', async () => {
    const { catalog } = await openWith(7, 7, 9, 1)
    const first = await catalog.page({ order: '-size', limit: 2 })
    expect(first.entries.map(({ id }) => id)).toEqual(['m2', 'm0'])
    await catalog.remove('m0')
    const second = await catalog.page({ order: '-size', limit: 2, after: first.next })
    expect(second.entries.map(({ id }) => id)).toEqual(['m1', 'm3'])
    expect(second).not.toHaveProperty('next')
    await expect(catalog.page({ order: 'size', after: first.next })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('ends with the last of its entries', async () => {
    const { catalog } = await openWith(1, 2, 3, 4, 5, 6)
    const { next } = await catalog.page({ limit: 4 })
    expect(next).toBe('m3')
    const second = await catalog.page({ limit: 4, after: next })
    expect(second.entries.map(({ id }) => id)).toEqual(['m4', 'm5'])
  })

  it('asks the store for one more than its limit, and for all without one', async () => {
    const { catalog, store } = await openWith(1, 2, 3)
    const asked: (number | undefined)[] = []
    const list = store.list.bind(store)
    store.list = (query) => {
      asked.push(query.limit)
      return list(query)
    }
    await catalog.page({ limit: 2 })
    await catalog.page()
    expect(asked).toEqual([3, undefined])
  })

  it('goes on behind an id in the order by id', async () => {
    const { catalog } = await openWith(1, 1, 1)
    expect((await catalog.page({ limit: 2 })).next).toBe('m1')
    expect((await catalog.page({ limit: 2, order: '-id' })).next).toBe('m1')
    expect(await catalog.page({ limit: 3 })).not.toHaveProperty('next')
    expect((await catalog.page()).entries).toHaveLength(3)
  })
})

describe('count', () => {
  it('is how many there are on all pages', async () => {
    const { catalog } = await openWith(1, 2, 3)
    expect(await catalog.count()).toBe(3)
    expect(await catalog.count({ sizeBytes: { min: 2 }, limit: 1, after: 'm1' })).toBe(2)
    await expect(catalog.count({ status: 'Active' } as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
  })
})
