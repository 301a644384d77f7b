import { readFile, rm, writeFile } from 'node:fs/promises'
import { sampleEntry } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { idsOf, modelId, register } from './commits.ts'
import { useTemporaryRoot } from './temporary-root.ts'

describe('catalog.json', () => {
  const root = useTemporaryRoot()
  const readView = async () => JSON.parse(await readFile(root.at('catalog.json'), 'utf8'))
  const idsInView = async () => (await readView()).models.map((model: { id: string }) => model.id)

  it('shows every change once its store is closed', async () => {
    const store = await root.open()
    await register(store, 'b', 'a')
    await store.close()
    expect(await idsInView()).toEqual(['a', 'b'])
  })

  it('shows what was committed, whatever becomes of the objects that were given', async () => {
    const tags = ['one']
    const store = await root.open()
    const entry = sampleEntry({ id: 'a', tags })
    await store.commit([{ operation: 'register', changes: [{ id: entry.id, ifRevision: 0, entry }] }])
    tags[0] = 'two'
    await store.close()
    expect((await readView()).models[0].tags).toEqual(['one'])
  })

  it('follows by itself while the store stays open', async () => {
    const store = await root.open()
    await register(store, 'a')
    await expect.poll(idsInView, { timeout: 20_000 }).toEqual(['a'])
    await register(store, 'b')
    await expect.poll(idsInView, { timeout: 20_000 }).toEqual(['a', 'b'])
  })

  let emptyView = Buffer.of()

  it.each([
    ['missing', () => rm(root.at('catalog.json'))],
    ['half-written', () => writeFile(root.at('catalog.json'), '{\n  "revision": 2,\n  "mod')],
    ['stale', () => writeFile(root.at('catalog.json'), emptyView)],
  ])('is written anew where it is %s', async (_, spoil) => {
    const store = await root.open()
    await store.close()
    emptyView = await readFile(root.at('catalog.json'))
    const writer = await root.open()
    await register(writer, 'a', 'b')
    await writer.close()
    await spoil()
    await (await root.open()).close()
    expect(await idsInView()).toEqual(['a', 'b'])
  })

  it('is whole for every reader at every time', async () => {
    const writers = [await root.open(), await root.open()]
    await writers[0]?.close()
    writers[0] = await root.open()
    let isWriting = true
    const writing = Promise.all(
      writers.map(async (store, index) => {
        for (let n = 0; n < 150; n += 1) await register(store, `model-${index}-${n}`)
        await store.close()
      }),
    ).finally(() => {
      isWriting = false
    })
    let models = 0
    while (isWriting) {
      const view = await readView()
      expect(view.models.length).toBeLessThanOrEqual(view.revision)
      models = view.models.length
      await new Promise(setImmediate)
    }
    await writing
    expect(models).toBeGreaterThan(0)
    expect(await idsInView()).toHaveLength(300)
    expect(await idsOf(await root.open())).toHaveLength(300)
  })
})

describe('a catalog.json that was edited by hand', () => {
  const root = useTemporaryRoot()
  const path = () => root.at('catalog.json')
  const registerAndClose = async (...ids: string[]) => {
    const store = await root.open()
    await register(store, ...ids)
    await store.close()
  }
  const edit = async (change: (catalog: { models: Record<string, unknown>[] }) => unknown) => {
    const catalog = JSON.parse(await readFile(path(), 'utf8'))
    change(catalog)
    await writeFile(path(), JSON.stringify(catalog))
    return await readFile(path())
  }

  it('is adopted when the catalog is opened: models changed, added and taken out', async () => {
    await registerAndClose('a', 'b')
    await edit(({ models }) => {
      Object.assign(models[0] ?? {}, { name: 'renamed', note: 'by hand' })
      models[1] = { ...models[1], id: 'c', revision: undefined }
    })
    const store = await root.open()
    expect(await idsOf(store)).toEqual(['a', 'c'])
    expect(await store.get(modelId('a'))).toMatchObject({
      name: 'renamed',
      revision: 2,
      extra: { note: 'by hand' },
    })
    expect(await store.changes(0)).toContainEqual(
      expect.objectContaining({ operation: 'edit', id: 'b', entry: null }),
    )
  })

  it('is adopted by a store that is open already, before it writes the view again', async () => {
    const store = await root.open()
    await register(store, 'a')
    await expect.poll(() => readFile(path(), 'utf8'), { timeout: 20_000 }).toContain('"a"')
    await edit(({ models }) => Object.assign(models[0] ?? {}, { name: 'renamed' }))
    await store.close()
    expect((await (await root.open()).get(modelId('a')))?.name).toBe('renamed')
  })

  it('changes nothing where only its form was changed', async () => {
    await registerAndClose('a')
    await edit(() => undefined)
    expect((await (await root.open()).get(modelId('a')))?.revision).toBe(1)
  })

  it('does not make a model Active: only a verification does', async () => {
    await registerAndClose('a')
    await edit(({ models }) =>
      Object.assign(models[0] ?? {}, { state: 'Active', verified_at: '2025-10-01T00:00:00Z' }),
    )
    expect((await (await root.open()).get(modelId('a')))?.state).toBe('Pending')
  })

  it.each([
    ['the catalog has changed since', ({ models }: { models: unknown[] }) => models.pop(), true],
    [
      'it has lost its revision',
      (catalog: object) => Object.assign(catalog, { revision: undefined, models: [] }),
      false,
    ],
    ['it is no catalog any more', (catalog: object) => Object.assign(catalog, { models: 'none' }), false],
    ['a model in it is none', ({ models }: { models: unknown[] }) => models.push({ id: '../x' }), false],
  ])('is EDITED_OUTSIDE and left alone where %s', async (_, change, hasChangedSince) => {
    await registerAndClose('a')
    const old = await readFile(path())
    if (hasChangedSince) await registerAndClose('b')
    if (hasChangedSince) await writeFile(path(), old)
    const edited = await edit(change)
    await expect(root.open()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE', details: { path: path() } })
    expect(await readFile(path())).toEqual(edited)
    await rm(path())
    expect(await idsOf(await root.open())).toContain('a')
  })

  it('is EDITED_OUTSIDE for the store that would have overwritten it', async () => {
    const store = await root.open()
    await register(store, 'a')
    await expect.poll(() => readFile(path(), 'utf8'), { timeout: 20_000 }).toContain('"a"')
    await edit((catalog) => Object.assign(catalog, { models: 'none' }))
    await register(store, 'b')
    await expect(store.close()).rejects.toMatchObject({ code: 'EDITED_OUTSIDE' })
  })

  it('is not what a bare catalog.json is whose adopter was killed before its first view', async () => {
    await registerAndClose('a')
    const adopted = await readFile(path())
    await rm(root.at('.catalog'), { recursive: true })
    await registerAndClose('b')
    await writeFile(path(), adopted)
    const store = await root.open()
    expect(await idsOf(store)).toEqual(['a', 'b'])
    await store.close()
    expect(JSON.parse(await readFile(path(), 'utf8')).models).toHaveLength(2)
  })
})
