import {
  buildDockerModelRunner,
  buildOci,
  buildOllama,
  buildRamalama,
  type StoreBuilder,
} from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { scanAll, temporaryStore } from './scanned.ts'

/** How each store of blobs is built, and where its root is. */
const STORES: Readonly<Record<string, readonly [below: string, build: (store: StoreBuilder) => unknown]>> = {
  ollama: ['', buildOllama],
  'docker-model-runner': ['', buildDockerModelRunner],
  oci: ['', buildOci],
  ramalama: ['store', buildRamalama],
}

describe.each(Object.entries(STORES))('beside the blobs of %s', (layout, [below, build]) => {
  it('the model files are plain models, and the store is reported once', async () => {
    const store = await temporaryStore()
    build(store)
    const before = await scanAll(store.root)
    expect(before.candidates.filter((each) => each.layout === layout)).not.toEqual([])
    expect(before.candidates.filter((each) => each.layout !== layout)).toEqual([])
    const wren = [below, 'wren.gguf'].filter(Boolean).join('/')
    store.put(wren, sampleGguf('wren'))
    store.put([below, 'half.gguf.part'].filter(Boolean).join('/'), 'GGUF')
    const after = await scanAll(store.root)
    const added = after.candidates.filter(({ layout: each }) => each === 'plain')
    expect(added).toMatchObject([{ id: `plain/${wren.replace('.gguf', '')}`, location: store.at(wren) }])
    expect(after.candidates.filter(({ layout: each }) => each !== 'plain')).toEqual(before.candidates)
    expect(after.problems.length).toBe(before.problems.length + 1)
  })
})

it('a directory of models beside the blobs of Ollama is looked into', async () => {
  const store = await temporaryStore()
  buildOllama(store)
  store.put('mine/robin.gguf', sampleGguf('robin'))
  const { candidates } = await scanAll(store.root)
  expect(candidates.map(({ id }) => id)).toContain('plain/mine/robin')
})
