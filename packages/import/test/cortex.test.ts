import { buildCortex, CORTEX_WEIGHTS, type CortexDamage } from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const WHOLE = [
  'cortex/huggingface.co/acme/Wren-1M-GGUF/wren-1m-q4_0',
  'cortex/huggingface.co/acme/Wren-1M-GGUF/wren-big-00001-of-00002',
  'cortex/imported/jay',
  'cortex/wren/1m-gguf',
]
const HUB = 'models/huggingface.co/acme/Wren-1M-GGUF'

describe('a scan of the data folder of Cortex', () => {
  it('finds each described model by its name, wherever its files are', async () => {
    const store = await temporaryStore('cortexcpp')
    buildCortex(store.root)
    const scanned = await scanAll(store.root)
    const byId = new Map(scanned.candidates.map((candidate) => [candidate.id, candidate]))
    expect(idsOf(scanned)).toEqual(WHOLE)
    expect(scanned.problems).toEqual([])
    expect(byId.get('cortex/wren/1m-gguf')).toEqual({
      layout: 'cortex',
      store: store.at('models'),
      id: 'cortex/wren/1m-gguf',
      name: 'wren:1m-gguf',
      otherNames: [],
      source: expect.stringMatching(/^file:\/\/.*model\.gguf$/u),
      location: store.at('models/cortex.so/wren/1m-gguf/model.gguf'),
      sizeBytes: CORTEX_WEIGHTS.length,
      companions: [],
      problems: [],
    })
    expect(byId.get(`cortex/huggingface.co/acme/Wren-1M-GGUF/wren-1m-q4_0`)).toMatchObject({
      name: 'acme:Wren-1M-GGUF:wren-1m-q4_0.gguf',
      source: 'hf:acme/Wren-1M-GGUF/wren-1m-q4_0.gguf',
    })
    expect(byId.get(WHOLE[1] ?? '')).toMatchObject({
      location: store.at(HUB),
      files: [{ path: 'wren-big-00001-of-00002.gguf' }, { path: 'wren-big-00002-of-00002.gguf' }],
    })
    expect(byId.get('cortex/imported/jay')).toMatchObject({ location: store.at('mine/jay') })
  })

  it('finds the same if its models are scanned alone, but for what lies elsewhere', async () => {
    const store = await temporaryStore('cortexcpp')
    buildCortex(store.root)
    const scanned = await scanAll(store.at('models'))
    expect(idsOf(scanned)).toEqual(WHOLE.filter((id) => id !== 'cortex/imported/jay'))
    expect(scanned.problems).toMatchObject([{ kind: 'link-out-of-store', model: 'imported/jay.yml' }])
  })

  const damages: readonly (readonly [CortexDamage, string, string])[] = [
    ['alias', 'broken-manifest', `${HUB}/owl.yml`],
    ['cut', 'broken-manifest', `${HUB}/owl.yml`],
    ['missing-file', 'missing-file', `${HUB}/owl.gguf`],
    ['missing-shard', 'incomplete', HUB],
    ['path-out', 'broken-manifest', `${HUB}/owl.yml`],
  ]
  it.each(damages)('reports %s and finds the rest', async (damage, kind, path) => {
    const store = await temporaryStore('cortexcpp')
    buildCortex(store.root, damage)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, path]])
    expect(idsOf(scanned)).toEqual(WHOLE)
  })

  it('reports a model that was imported from outside the scanned directory', async () => {
    const store = await temporaryStore('cortexcpp')
    buildCortex(store.root, 'imported-elsewhere')
    const scanned = await scanAll(store.root)
    expect(scanned.problems).toMatchObject([{ kind: 'link-out-of-store', path: '/etc/hostname' }])
    expect(idsOf(scanned)).toEqual(WHOLE)
  })

  it('finds a file that no description names', async () => {
    const store = await temporaryStore('cortexcpp')
    buildCortex(store.root, 'unlisted')
    expect(idsOf(await scanAll(store.root))).toEqual(
      [...WHOLE, 'cortex/huggingface.co/acme/Wren-1M-GGUF/owl'].sort(),
    )
  })

  it('is not recognised by YAML of other programs', async () => {
    const store = await temporaryStore('disk')
    store.put('models/huggingface.co/acme/wren/training.yml', 'epochs: 3\n')
    store.put('models/huggingface.co/acme/wren/wren.gguf', sampleGguf('wren'))
    expect(idsOf(await scanAll(store.root))).toEqual(['plain/models/huggingface.co/acme/wren/wren'])
  })
})
