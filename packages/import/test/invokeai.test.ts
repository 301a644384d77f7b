import { buildInvokeai, INVOKEAI_WEIGHTS, type InvokeaiDamage, sha256 } from '@catalog/testkit/layouts'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const FOLDER = 'abcdef01-2345-4678-9abc-def012345678'
const WHOLE = [`invokeai/${FOLDER}`, 'invokeai/wren', 'invokeai/wren']
const SECOND = 'models/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'

describe('a scan of the root of InvokeAI', () => {
  it('finds each model by the name of its file, or by its key', async () => {
    const store = await temporaryStore('invokeai')
    buildInvokeai(store.root)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(WHOLE)
    expect(scanned.problems).toEqual([])
    expect(scanned.candidates.find(({ name }) => name === 'wren.safetensors')).toEqual({
      layout: 'invokeai',
      store: store.at('models'),
      id: 'invokeai/wren',
      name: 'wren.safetensors',
      otherNames: [],
      source: expect.stringMatching(/^file:\/\//u),
      location: store.at('models/0f0e8b9a-4c3d-4b2a-9f1e-7a6b5c4d3e2f/wren.safetensors'),
      sizeBytes: INVOKEAI_WEIGHTS.length,
      companions: [],
      problems: [],
    })
    expect(scanned.candidates.find(({ name }) => name === FOLDER)).toMatchObject({
      location: store.at(`models/${FOLDER}`),
      files: [
        { path: 'model_index.json' },
        { path: 'unet/config.json' },
        { path: 'unet/diffusion_pytorch_model.safetensors' },
      ],
    })
  })

  it('takes no hash of its database for a digest', async () => {
    const store = await temporaryStore('invokeai')
    buildInvokeai(store.root)
    const { candidates } = await scanAll(store.root)
    expect(
      candidates.flatMap(({ declared, files = [] }) => [declared, ...files.map((file) => file.declared)]),
    ).toEqual(candidates.flatMap(({ files = [] }) => [undefined, ...files.map(() => undefined)]))
    expect(JSON.stringify(candidates)).not.toContain(sha256('blake3'))
  })

  it('is recognised if its models are scanned alone', async () => {
    const store = await temporaryStore('invokeai')
    buildInvokeai(store.root)
    expect(idsOf(await scanAll(store.at('models')))).toEqual(WHOLE)
  })

  const damages: readonly (readonly [InvokeaiDamage, string, string])[] = [
    ['dangling-link', 'dangling-link', `${SECOND}/jay.safetensors`],
    ['download', 'incomplete', 'models/tmpinstall_x1'],
    ['missing-shard', 'incomplete', SECOND],
  ]
  it.each(damages)('reports %s and finds the rest', async (damage, kind, path) => {
    const store = await temporaryStore('invokeai')
    buildInvokeai(store.root, damage)
    const scanned = await scanAll(store.root)
    expect(kindsOf(scanned.problems, store.root)).toEqual([[kind, path]])
    expect(idsOf(scanned)).toEqual(WHOLE)
  })

  it('finds what an older version put into directories by kind', async () => {
    const store = await temporaryStore('invokeai')
    buildInvokeai(store.root, 'older')
    expect(idsOf(await scanAll(store.root))).toEqual([...WHOLE, 'invokeai/sd-1/lora/jay'].sort())
  })
})
