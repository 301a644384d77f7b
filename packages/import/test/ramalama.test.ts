import { truncateSync } from 'node:fs'
import {
  addRamalamaTag,
  buildHub,
  buildOllama,
  buildRamalama,
  buildStore,
  RAMALAMA_WEIGHTS,
  type RamalamaSample,
  type StoreBuilder,
  sha256,
} from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const WREN = 'store/huggingface/acme/Wren-1M-GGUF'
const OTHER = { model: 'ollama/library/other', files: [gguf({ bytes: sampleGguf('other') })] }

function gguf(more: Partial<RamalamaSample> = {}): RamalamaSample {
  return { name: 'wren.gguf', type: 'gguf', bytes: RAMALAMA_WEIGHTS, ...more }
}

describe('a scan of a store of ramalama', () => {
  it('finds each model, and declares only what is a digest of the bytes', async () => {
    const store = await temporaryStore('ramalama')
    buildRamalama(store)
    const { candidates, problems } = await scanAll(store.root)
    const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]))
    expect([...byId.keys()].sort()).toEqual([
      'ramalama/https/models.example/wren.gguf',
      'ramalama/huggingface/acme/Wren-1M',
      'ramalama/huggingface/acme/Wren-1M-GGUF',
      'ramalama/huggingface/acme/Wren-1M-GGUF/projector',
      'ramalama/ollama/library/wren/1m',
    ])
    const digest = sha256(RAMALAMA_WEIGHTS)
    expect(byId.get('ramalama/huggingface/acme/Wren-1M-GGUF')).toEqual({
      layout: 'ramalama',
      store: store.at('store'),
      id: 'ramalama/huggingface/acme/Wren-1M-GGUF',
      name: 'huggingface://acme/Wren-1M-GGUF',
      otherNames: [],
      source: 'hf:acme/Wren-1M-GGUF',
      location: store.at(`${WREN}/blobs/sha256-${digest}`),
      declared: { digest, origin: 'hub', declaredIn: store.at(`${WREN}/refs/latest.json`) },
      sizeBytes: RAMALAMA_WEIGHTS.length,
      companions: [
        expect.objectContaining({ role: 'projector' }),
        expect.objectContaining({ role: 'template' }),
      ],
      problems: [],
    })
    const url = byId.get('ramalama/https/models.example/wren.gguf')
    expect(url).toMatchObject({
      source: 'https://models.example/wren.gguf',
      problems: [{ kind: 'unusable-digest' }],
    })
    expect(url).not.toHaveProperty('declared')
    expect(byId.get('ramalama/ollama/library/wren/1m')).toMatchObject({
      source: 'oci://registry.ollama.ai/library/wren:1m',
      declared: { digest: sha256(sampleGguf('wren ollama')), origin: 'name' },
    })
    expect(kindsOf(problems, store.root)).toEqual([
      ['incomplete', `${WREN}/blobs/sha256-${'f'.repeat(64)}.partial`],
    ])
  })

  it('takes a safetensors model as the directory of its snapshot', async () => {
    const store = await temporaryStore('ramalama')
    buildRamalama(store)
    const { candidates } = await scanAll(store.root)
    const directory = 'store/huggingface/acme/Wren-1M'
    const candidate = candidates.find(({ id }) => id === 'ramalama/huggingface/acme/Wren-1M')
    expect(candidate).toMatchObject({
      location: store.at(`${directory}/snapshots/sha256-${sha256('huggingface/acme/Wren-1M:latest')}`),
      linksInto: store.at(directory),
      files: [
        { path: 'config.json', sizeBytes: 2 },
        { path: 'model.safetensors', declared: { origin: 'hub' } },
      ],
    })
    expect(candidate?.files?.[0]).not.toHaveProperty('declared')
  })

  it('is found from inside, and knows one blob of two tags once', async () => {
    const store = await temporaryStore('ramalama')
    for (const tag of ['latest', 'q4']) addRamalamaTag(store, { model: 'hf/acme/wren', tag, files: [gguf()] })
    const { candidates } = await scanAll(store.at('store'))
    expect(candidates).toMatchObject([{ id: 'ramalama/hf/acme/wren', otherNames: ['hf://acme/wren:q4'] }])
  })
})

describe('a scan of a directory that is named like a store of ramalama', () => {
  it('finds the stores of other tools in it', async () => {
    const above = await temporaryStore('store')
    buildOllama(buildStore(above.at('ollama')))
    buildHub(above.at('huggingface'))
    const layouts = (await scanAll(above.root)).candidates.map(({ layout }) => layout)
    expect([...new Set(layouts)].sort()).toEqual(['huggingface', 'ollama'])
  })

  it('finds what lies beside one of ramalama', async () => {
    const above = await temporaryStore()
    buildRamalama(above)
    above.put('more/jay.gguf', sampleGguf('jay'))
    expect(idsOf(await scanAll(above.root))).toContain('plain/more/jay')
  })
})

describe('a scan of a damaged store of ramalama', () => {
  const model = 'huggingface/acme/Wren-1M-GGUF'
  const blob = `${WREN}/blobs/sha256-${sha256(RAMALAMA_WEIGHTS)}`
  const ref = `${WREN}/refs/latest.json`
  const withFile = (more: Partial<RamalamaSample>) => (store: StoreBuilder) => {
    addRamalamaTag(store, { model, files: [gguf(more)] })
  }
  const withRef = (text: string) => (store: StoreBuilder) => void store.put(ref, text)

  it.each<[string, string, string, (store: StoreBuilder) => void]>([
    ['a ref whose blob is not there yet', 'missing-file', blob, withFile({ blob: 'missing' })],
    ['a ref without weights', 'no-weights', ref, withFile({ type: 'other' })],
    ['an empty ref', 'broken-manifest', ref, withRef('')],
    ['a ref that is cut', 'broken-manifest', ref, withRef('{"files":[')],
    ['a ref of another form', 'broken-manifest', ref, withRef('{"files":{},"hash":"sha256:00"}')],
    [
      'a hash with a path',
      'broken-manifest',
      ref,
      withRef('{"files":[{"hash":"sha256:../../x","name":"x","type":"gguf"}],"hash":"sha256:00"}'),
    ],
    [
      'an old ref without a hash',
      'broken-manifest',
      `${WREN}/refs/old`,
      (store) => void store.put(`${WREN}/refs/old`, '../x\n'),
    ],
    ['a ref of 1 GB', 'broken-manifest', ref, (store) => truncateSync(store.put(ref, '{}'), 1e9)],
    [
      'a name that leads out',
      'broken-manifest',
      ref,
      (store) =>
        void addRamalamaTag(store, {
          model,
          files: [gguf({ type: 'safetensor', name: '../../x', blob: 'missing' })],
        }),
    ],
    [
      'a directory in place of a blob',
      'not-a-file',
      blob,
      (store) => {
        store.put(`${blob}/x`, '')
        withFile({ blob: 'missing' })(store)
      },
    ],
  ])('reports %s and goes on', async (_, kind, path, build) => {
    const store = await temporaryStore('ramalama')
    addRamalamaTag(store, OTHER)
    build(store)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, path]])
    expect(idsOf(scanned)).toEqual(['ramalama/ollama/library/other'])
  })

  it('does not take a git blob id for a digest', async () => {
    const store = await temporaryStore('ramalama')
    addRamalamaTag(store, { model, files: [gguf({ hash: `sha256:${'d'.repeat(40)}` })] })
    const { candidates } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ problems: [{ kind: 'unusable-digest' }] }])
    expect(candidates[0]).not.toHaveProperty('declared')
  })
})
