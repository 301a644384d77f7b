import { readFile, rm, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { idsOf, register } from './commits.ts'
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

  it('follows by itself while the store stays open', async () => {
    const store = await root.open()
    await register(store, 'a')
    await expect.poll(idsInView, { timeout: 20_000 }).toEqual(['a'])
    await register(store, 'b')
    await expect.poll(idsInView, { timeout: 20_000 }).toEqual(['a', 'b'])
  })

  it.each([
    ['missing', () => rm(root.at('catalog.json'))],
    ['half-written', () => writeFile(root.at('catalog.json'), '{\n  "revision": 2,\n  "mod')],
    ['stale', () => writeFile(root.at('catalog.json'), '{\n  "revision": 0,\n  "models": []\n}\n')],
  ])('is written anew where it is %s', async (_, spoil) => {
    const store = await root.open()
    await register(store, 'a', 'b')
    await store.close()
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
