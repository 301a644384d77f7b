import { FakeFiles, fixedClock, openMemoryStore, sampleDigest, sampleEntry } from '@catalog/testkit'
import { CatalogError, type EntryContent, parseModelId } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { createContext } from '../context/catalog-ports.ts'
import type { ChangeEntry } from '../entry/update-entry.ts'
import { hasOtherNames, updateExclusively } from './exclusive-update.ts'

const id = parseModelId('a')
const refusal = new CatalogError('ALREADY_EXISTS', 'it is in the way', { id, existingId: 'b' })

/** Two models with one file, of which an older version made the second. */
async function open() {
  const store = await openMemoryStore()
  const files = new FakeFiles()
  for (const each of ['a', 'b']) {
    const entry = sampleEntry({ id: each, file: 'x.gguf' })
    await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
  }
  const ports = { store, files, verifier: files, volumes: files.volumes, clock: fixedClock(), node: 'n' }
  const context = createContext(ports)
  let looks = 0
  const findRivalry = (): CatalogError => {
    looks += 1
    return refusal
  }
  const update = (change: ChangeEntry, isAsked?: (before: EntryContent, after: EntryContent) => boolean) =>
    updateExclusively(
      context,
      { id, operation: 'update' },
      { change, findRivalry, ...(isAsked && { isAsked }) },
    )
  return { context, store, update, looks: () => looks }
}

describe('updateExclusively', () => {
  it('refuses a change of a model that has another in its way', async () => {
    const { update, store } = await open()
    await expect(update((entry) => ({ ...entry, tags: ['t'] }))).rejects.toBe(refusal)
    expect(await store.get(id)).toMatchObject({ revision: 1 })
  })

  it('looks for none if it is not asked', async () => {
    const { update, looks } = await open()
    const { after } = await update(
      (entry) => ({ ...entry, tags: ['t'] }),
      () => false,
    )
    expect(after).toMatchObject({ tags: ['t'], revision: 2 })
    expect(looks()).toBe(0)
  })

  it('looks for none if nothing changes, or if the model is removed', async () => {
    const { update, looks } = await open()
    const { before, after } = await update((entry) => entry)
    expect(after).toBe(before)
    expect(await update(() => undefined)).toMatchObject({ after: { revision: 1 } })
    expect(await update(() => null)).toMatchObject({ after: null })
    expect(looks()).toBe(0)
  })
})

it('an entry has other names with another path or other bytes there, and not with other tags', async () => {
  const { context } = await open()
  const isOther = hasOtherNames(context)
  const entry = sampleEntry({ id: 'a', file: 'x.gguf' })
  expect(isOther(entry, { ...entry, file: 'y.gguf' })).toBe(true)
  expect(isOther(entry, { ...entry, digest: sampleDigest(2) })).toBe(true)
  expect(isOther(entry, { ...entry, tags: ['t'] })).toBe(false)
})
