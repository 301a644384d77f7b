import { createMemoryBacking, openMemoryStore, sampleEntry } from '@catalog/testkit'
import { type CatalogStore, type CatalogTotals, parseModelId } from '@catalog/types'
import { expect, it } from 'vitest'
import { type MeteredCatalog, readMetrics } from '../src/index.ts'
import { serveMetrics } from './serve-metrics.ts'

function meter(store: CatalogStore): MeteredCatalog {
  return { counts: () => store.counts(), history: { totals: (): Promise<CatalogTotals> => store.totals() } }
}

it('a scrape over HTTP shows what any store of the catalog did', async () => {
  const backing = createMemoryBacking()
  const [mine, other] = [await openMemoryStore({ backing }), await openMemoryStore({ backing })]
  await using server = await serveMetrics(meter(mine))
  const id = parseModelId('a')
  await other.commit([
    { operation: 'register', changes: [{ id, ifRevision: 0, entry: sampleEntry({ id: 'a' }) }] },
    {
      ...{ operation: 'verify', changes: [] },
      verification: { id, outcome: 'unreadable', bytes: 0, durationMs: 1 },
    },
  ])
  const samples = await server.scrape()
  expect(samples.get('catalog_up')).toBe(1)
  expect(samples.get('catalog_models_total{state="Pending"}')).toBe(1)
  expect(samples.get('catalog_models_total{state="Active"}')).toBe(0)
  expect(samples.get('catalog_verification_total{outcome="unreadable"}')).toBe(1)
  expect(samples.get('catalog_verification_total{outcome="success"}')).toBe(0)
  expect(samples.get('catalog_operations_total{operation="register"}')).toBe(1)
  expect(samples.get('catalog_operations_total{operation="verify"}')).toBe(1)
})

it('a scrape of a closed catalog shows that it is down, and does not fail', async () => {
  const store = await openMemoryStore()
  await using server = await serveMetrics(meter(store))
  await store.close()
  const samples = await server.scrape()
  expect(samples.get('catalog_up')).toBe(0)
  expect([...samples.keys()]).not.toContain('catalog_models_total{state="Pending"}')
  expect((await readMetrics(meter(store))).find(({ name }) => name === 'catalog_up')?.samples).toEqual([
    { name: 'catalog_up', labels: {}, value: 0 },
  ])
})
