import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStoreConformance, sampleEntry, useTemporaryDirectory } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { openTinyStore, TinyCatalog } from './tiny-store.ts'

describeStoreConformance(
  'the tiny store',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tiny-store-'))
    const catalog = new TinyCatalog(join(directory, 'catalog.jsonl'))
    return {
      open: async () => openTinyStore(catalog),
      reopenIsDurable: true,
      dispose: () => rm(directory, { recursive: true }),
    }
  },
  { lacks: ['read-only', 'no-space', 'pruning'] },
)

const directory = useTemporaryDirectory()

it('the tiny store finds in its file what it has acknowledged', async () => {
  const path = directory.at('catalog.jsonl')
  const before = openTinyStore(new TinyCatalog(path))
  const entry = sampleEntry({ id: 'a' })
  await before.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
  await before.changeSettings({ ifRevision: 0, settings: { policy: {}, volumes: {} } })
  const after = openTinyStore(new TinyCatalog(path))
  expect(await after.list({})).toEqual(await before.list({}))
  expect(await after.changes(0)).toEqual(await before.changes(0))
  expect(await after.settings()).toEqual(await before.settings())
  expect(await after.refresh()).toBe(2)
})
