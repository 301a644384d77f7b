import { truncateSync } from 'node:fs'
import {
  addJanModel,
  buildJan,
  JAN_PROJECTOR,
  JAN_WEIGHTS,
  type JanFields,
  type StoreBuilder,
  sha256,
} from '@catalog/testkit/layouts'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const MODELS = 'llamacpp/models'

describe('a scan of the data folder of Jan', () => {
  it('finds each described model, its projector, and a download', async () => {
    const store = await temporaryStore('jan')
    buildJan(store)
    const { candidates, problems } = await scanAll(store.root)
    const declaredIn = store.at(`${MODELS}/acme/wren-1m/model.yml`)
    expect(candidates).toEqual([
      {
        layout: 'jan',
        store: store.at('llamacpp'),
        id: 'jan/acme/wren-1m',
        name: 'acme/wren-1m',
        otherNames: [],
        source: expect.stringMatching(/^file:\/\/.*model\.gguf$/u),
        location: store.at(`${MODELS}/acme/wren-1m/model.gguf`),
        declared: { digest: sha256(JAN_WEIGHTS), origin: 'hub', declaredIn },
        sizeBytes: JAN_WEIGHTS.length,
        companions: [
          {
            path: store.at(`${MODELS}/acme/wren-1m/mmproj.gguf`),
            role: 'projector',
            sizeBytes: JAN_PROJECTOR.length,
          },
        ],
        problems: [],
      },
      expect.objectContaining({
        id: 'jan/acme/wren-1m/projector',
        declared: { digest: sha256(JAN_PROJECTOR), origin: 'hub', declaredIn },
      }),
      expect.objectContaining({ id: 'jan/wren-old', otherNames: ['Wren (old)'] }),
      expect.objectContaining({
        ...{
          id: 'jan/acme/wren-mlx',
          store: store.at('mlx'),
          location: store.at('mlx/models/acme/wren-mlx'),
        },
        files: [
          { path: 'config.json', sizeBytes: 2 },
          { path: 'model.safetensors', sizeBytes: 1024 },
        ],
      }),
    ])
    expect(candidates[2]).not.toHaveProperty('declared')
    expect(kindsOf(problems, store.root)).toEqual([['incomplete', `${MODELS}/wren-new/model.gguf.tmp`]])
  })

  it('follows an absolute path inside the scanned directory', async () => {
    const store = await temporaryStore('jan')
    const path = store.put('mine/wren.gguf', 'imported')
    addJanModel(store, 'wren', { model_path: path, model_size_bytes: null, model_sha256: null })
    const { candidates } = await scanAll(store.root)
    expect(candidates.find(({ id }) => id === 'jan/wren')).toMatchObject({ location: path })
  })
})

describe('a scan of a damaged data folder of Jan', () => {
  const description = `${MODELS}/wren/model.yml`
  const weights = `${MODELS}/wren/model.gguf`
  const withFields = (fields: JanFields) => (store: StoreBuilder) => addJanModel(store, 'wren', fields)
  const withText = (text: string) => (store: StoreBuilder) => void store.put(description, text)
  const bomb = [
    'a: &a [x,x]',
    ...'bcdefghij'.split('').map((name, at) => `${name}: &${name} [*${'abcdefghi'[at]},*${'abcdefghi'[at]}]`),
  ]

  it.each<[string, string, string, (store: StoreBuilder) => void]>([
    ['a file that is gone', 'missing-file', `${MODELS}/gone`, withFields({ model_path: `${MODELS}/gone` })],
    ['a file of another size', 'wrong-size', weights, withFields({ model_size_bytes: 5 })],
    [
      'a path out of the folder',
      'broken-manifest',
      description,
      withFields({ model_path: '../../etc/passwd' }),
    ],
    ['an empty description', 'broken-manifest', description, withText('')],
    ['a description that is cut', 'broken-manifest', description, withText('model_path: "llama')],
    ['a description without a path', 'broken-manifest', description, withText('name: wren\n')],
    [
      'a description of 1 GB',
      'broken-manifest',
      description,
      (store) => truncateSync(store.put(description, 'x'), 1e9),
    ],
    ['aliases', 'broken-manifest', description, withText(`model_path: &p x\nname: *p\n`)],
    ['an alias bomb', 'broken-manifest', description, withText(`model_path: x\n${bomb.join('\n')}\n`)],
    [
      'a tag of another program',
      'broken-manifest',
      description,
      withText('model_path: !!python/object:os.system x\n'),
    ],
    ['deep nesting', 'broken-manifest', description, withText(`model_path: ${'['.repeat(60_000)}`)],
    ['a prototype', 'broken-manifest', description, withText('__proto__: {model_path: x}\n')],
    ['a list', 'broken-manifest', description, withText('[1, 2]')],
  ])('reports %s and goes on', async (_, kind, path, build) => {
    const store = await temporaryStore('jan')
    addJanModel(store, 'other')
    build(store)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, path]])
    expect(idsOf(scanned)).toEqual(['jan/other'])
  })

  it('reports an absolute path out of the scanned directory', async () => {
    const store = await temporaryStore('jan')
    const outside = await temporaryStore()
    addJanModel(store, 'wren', { model_path: outside.put('wren.gguf', JAN_WEIGHTS) })
    const { problems } = await scanAll(store.root)
    expect(problems).toMatchObject([{ kind: 'link-out-of-store', model: 'wren' }])
  })

  it('does not take a text for a digest, and keeps a model whose projector is missing', async () => {
    const store = await temporaryStore('jan')
    addJanModel(store, 'wren', { model_sha256: '*****', mmproj_path: `${MODELS}/wren/gone.gguf` })
    const { candidates } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ problems: [{ kind: 'unusable-digest' }, { kind: 'missing-file' }] }])
    expect(candidates[0]).not.toHaveProperty('declared')
  })
})
