import { buildA1111, buildComfyui, IMAGE_WEIGHTS, PICKLE, toExtraPaths } from '@catalog/testkit/layouts'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { idsOf, kindsOf, scanAll, temporaryStore } from './scanned.ts'

const COMFYUI_IDS = ['comfyui/checkpoints/wren', 'comfyui/loras/birds/wren', 'comfyui/upscale_models/wren']

describe('a scan of an install of ComfyUI', () => {
  it('finds each file with weights, pickles too, with its kind in the id', async () => {
    const store = await temporaryStore('ComfyUI')
    buildComfyui(store)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(COMFYUI_IDS)
    expect(scanned.problems).toEqual([])
    expect(scanned.candidates[0]).toEqual({
      layout: 'comfyui',
      store: store.at('models'),
      id: 'comfyui/checkpoints/wren',
      name: 'checkpoints/wren.safetensors',
      otherNames: [],
      source: expect.stringMatching(/^file:\/\//u),
      location: store.at('models/checkpoints/wren.safetensors'),
      sizeBytes: IMAGE_WEIGHTS.length,
      companions: [],
      problems: [],
    })
    expect(scanned.candidates[2]).toMatchObject({ sizeBytes: PICKLE.length })
  })

  it('is found if its models are scanned alone', async () => {
    const store = await temporaryStore('ComfyUI')
    buildComfyui(store)
    store.put('extra_model_paths.yaml', toExtraPaths('/mnt/models'))
    const scanned = await scanAll(store.at('models'))
    expect(idsOf(scanned)).toEqual(COMFYUI_IDS)
    expect(scanned.problems).toEqual([])
  })

  it('reports a root outside the scanned directory once, and finds one inside', async () => {
    const above = await temporaryStore()
    const store = {
      ...above,
      put: (path: string, bytes: string | Uint8Array) => above.put(`ComfyUI/${path}`, bytes),
    }
    buildComfyui(store)
    above.put('disk/checkpoints/more.safetensors', IMAGE_WEIGHTS)
    above.put('disk/loras/x', '')
    store.put(
      'extra_model_paths.yaml',
      `${toExtraPaths('/mnt/models')}other:\n  base_path: ../disk\n  vae: vae\n`,
    )
    const scanned = await scanAll(above.root)
    expect(idsOf(scanned)).toEqual([...COMFYUI_IDS, 'comfyui/checkpoints/more'].sort())
    expect(scanned.problems).toMatchObject([
      { kind: 'link-out-of-store', text: 'names a root outside the scanned directory: "/mnt/models"' },
    ])
  })

  it.each([
    ['empty', ''],
    ['cut', 'comfyui: {base_path: "'],
    ['with an alias', 'a: &a {base_path: /x}\nb: *a\n'],
    ['of another form', '- 1\n'],
  ])('goes on if extra_model_paths.yaml is %s', async (_, text) => {
    const store = await temporaryStore('ComfyUI')
    buildComfyui(store)
    store.put('extra_model_paths.yaml', text)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(COMFYUI_IDS)
    expect(kindsOf(scanned.problems, store.root)).toEqual([['broken-manifest', 'extra_model_paths.yaml']])
  })

  it.skipIf(lacks('posix'))(
    'tells links that lead out of the scanned directory, of files and of directories',
    async () => {
      const outside = await temporaryStore()
      outside.put('wren.safetensors', IMAGE_WEIGHTS)
      const store = await temporaryStore('ComfyUI')
      buildComfyui(store)
      store.linkTo('models/clip_vision', outside.root)
      store.linkTo('models/vae/wren.safetensors', outside.at('wren.safetensors'))
      store.link('models/loras/same.safetensors', 'models/checkpoints/wren.safetensors')
      store.linkTo('models/loras/gone.safetensors', 'nothing')
      const scanned = await scanAll(store.root)
      expect(idsOf(scanned)).toEqual(COMFYUI_IDS)
      expect([...kindsOf(scanned.problems, store.root)].sort()).toEqual([
        ['dangling-link', 'models/loras/gone.safetensors'],
        ['link-out-of-store', 'models/clip_vision'],
        ['link-out-of-store', 'models/vae/wren.safetensors'],
      ])
    },
  )

  it('does not take the parts of a diffusers model for kinds', async () => {
    const store = await temporaryStore('wren')
    store.put('model_index.json', '{}')
    for (const part of ['clip_vision', 'unet', 'vae']) store.put(`${part}/model.safetensors`, IMAGE_WEIGHTS)
    const { candidates } = await scanAll(store.root)
    expect(candidates).toMatchObject([{ layout: 'plain', location: store.root }])
  })
})

describe('a scan of an install of A1111', () => {
  it('finds each file with weights, pickles too, with its kind in the id', async () => {
    const store = await temporaryStore('webui')
    buildA1111(store)
    const scanned = await scanAll(store.root)
    expect(idsOf(scanned)).toEqual(['a1111/Lora/wren', 'a1111/Stable-diffusion/wren', 'a1111/VAE/wren.vae'])
    expect(scanned.problems).toEqual([])
  })
})
