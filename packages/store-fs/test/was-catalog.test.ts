import { writeFile } from 'node:fs/promises'
import type { CatalogStore, Commit } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../src/disk/file-system.ts'
import { nodeFileSystem } from '../src/disk/node-file-system.ts'
import { encodeCommit } from '../src/format/commit-codec.ts'
import { fileNamesIn } from '../src/format/file-names.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { wasCatalog } from '../src/history/was-catalog.ts'
import { CatalogState } from '../src/state/catalog-state.ts'
import { register, registrationOf } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

const SMALL = { segmentBytes: 2048 }
const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`)
const editOf = (id: string): Commit => ({ ...registrationOf(id), operation: 'edit' })

function stateOf(ids: readonly string[]): CatalogState {
  const state = new CatalogState()
  for (const id of ids) state.apply(encodeCommit(registrationOf(id)).wire)
  return state
}

// Of a catalog.json that is not the present catalog: whether it is an edit of it, or an old one.
describe('a catalog that once was', () => {
  const root = useTemporaryRoot()
  const ids = many('a', 20)
  const was = (known: readonly string[], revision: number, disk: FileSystem = nodeFileSystem) =>
    wasCatalog(disk, fileNamesIn(root.path), stateOf(known), revision)
  const positions = async (store: CatalogStore) => (await store.changes(0)).map(({ position }) => position)

  it('is known by its record, in whichever segment that is, and by no other', async () => {
    const store = await root.open(SMALL)
    await register(store, ...ids)
    const numbers = await positions(store)
    expect(numbers.at(-1)).toBeGreaterThan(ids.length)
    for (const [index, number] of numbers.entries()) {
      const known = ids.slice(0, index + 1)
      expect(await was(known, number), `${number}`).toBe(true)
      expect(await was(ids.slice(0, index), number), `fewer than ${number}`).toBe(false)
      expect(await was(known, number - 1), `before ${number}`).toBe(false)
    }
  })

  it('is known by the number of the record that sealed the segment before it', async () => {
    const store = await root.open(SMALL)
    await register(store, ...ids)
    const numbers = await positions(store)
    const index = numbers.findIndex((number, each) => each > 0 && number > (numbers[each - 1] ?? 0) + 1)
    expect(index).toBeGreaterThan(0)
    const seal = (numbers[index] ?? 0) - 1
    expect(await was(ids.slice(0, index), seal)).toBe(true)
    expect(await was(ids.slice(0, index + 1), seal)).toBe(false)
  })

  it('is known as what an edit made of it, whatever came after', async () => {
    const store = await root.open(SMALL)
    await register(store, ...ids.slice(0, 10))
    await store.commit([registrationOf('b'), editOf('edited')])
    await register(store, ...ids.slice(10))
    await store.commit([editOf('again')])
    const [first = 0] = await positions(store)
    const edited = [...ids.slice(0, 10), 'b', 'edited']
    expect(await was(edited, first)).toBe(true)
    expect(await was(['a-0'], first)).toBe(true)
    expect(await was([...edited, 'a-10'], first)).toBe(false)
    expect(await was([...ids.slice(0, 10), 'b'], first)).toBe(false)
    const last = await store.refresh()
    expect(await was(edited, last)).toBe(false)
  })

  it('is not known as what an edit made of it before its record, and is known though an edit came after', async () => {
    const store = await root.open()
    await register(store, 'a')
    await store.commit([editOf('edited')])
    await register(store, 'b')
    expect(await was(['a', 'edited'], 2)).toBe(true)
    expect(await was(['a', 'edited'], 3)).toBe(false)
    await store.commit([editOf('again')])
    expect(await was(['a', 'edited'], 2)).toBe(true)
  })

  it('is not known if its record was pruned, and is in the first segment that is kept', async () => {
    const store = await root.open(SMALL)
    await register(store, ...ids)
    await store.commit([editOf('edited')])
    const [first = 0] = await positions(store)
    expect(await was([...ids, 'edited'], first)).toBe(true)
    await pruneHistory(root.path)
    expect(await was([...ids, 'edited'], first)).toBe(false)
    const [kept] = await store.changes(0)
    const index = ids.indexOf(kept?.id ?? '')
    expect(await was(ids.slice(0, index + 1), kept?.position ?? 0)).toBe(true)
    // At the record that sealed the segment before it, which was pruned.
    expect(await was(ids.slice(0, index), (kept?.position ?? 0) - 1)).toBe(true)
  })

  it('is found without a look at the segments before its record', async () => {
    const store = await root.open(SMALL)
    await register(store, ...ids)
    const last = (await positions(store)).at(-1) ?? 0
    await writeFile(root.at('.catalog', 'snapshot-000001.jsonl'), 'damaged\n')
    expect(await was(ids, last)).toBe(true)
    await expect(was(['a-0'], 1)).rejects.toMatchObject({ code: 'DAMAGED' })
  })

  it('is found though a later segment is gone that was there a moment ago', async () => {
    await register(await root.open(SMALL), ...ids)
    const open: FileSystem['open'] = async (path, mode) => {
      if (path.endsWith('snapshot-000002.jsonl')) throw Object.assign(new Error('gone'), { code: 'ENOENT' })
      return await nodeFileSystem.open(path, mode)
    }
    expect(await was(['a-0'], 1, { ...nodeFileSystem, open })).toBe(true)
  })
})
