import { truncateSync } from 'node:fs'
import { sampleSafetensors } from '../models/index.ts'
import { type Damages, damageAfter, type StoreBuilder } from './store-builder.ts'

export const IMAGE_WEIGHTS: Buffer = sampleSafetensors('wren image')
/** The beginning of a pickle that would run a program if it were loaded. */
export const PICKLE: Buffer = Buffer.from(
  '\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.',
  'latin1',
)

/** An install of ComfyUI: a checkpoint, a pickle, a LoRA in a folder, and what is not a model. */
export function buildComfyui(store: StoreBuilder): void {
  store.put('main.py', '')
  store.put('models/checkpoints/wren.safetensors', IMAGE_WEIGHTS)
  store.put('models/checkpoints/put_checkpoints_here', '')
  store.put('models/loras/birds/wren.safetensors', sampleSafetensors('lora'))
  store.put('models/upscale_models/wren.pth', PICKLE)
  store.put('models/vae/put_vae_here', '')
  store.put('models/configs/v1.yaml', 'model: {}')
}

/** The text of `extra_model_paths.yaml` for one base. */
export function toExtraPaths(base: string): string {
  return `comfyui:\n  base_path: ${JSON.stringify(base)}\n  is_default: true\n  checkpoints: checkpoints\n  loras: |\n    loras\n    more/loras\n`
}

/** An install of A1111: a pickle with its preview, a LoRA and a VAE. */
export function buildA1111(store: StoreBuilder): void {
  store.put('models/Stable-diffusion/wren.ckpt', PICKLE)
  store.put('models/Stable-diffusion/wren.preview.png', 'png')
  store.put('models/Stable-diffusion/wren.yaml', 'model: {}')
  store.put('models/Lora/wren.safetensors', IMAGE_WEIGHTS)
  store.put('models/VAE/wren.vae.pt', PICKLE)
}

const EXTRA_PATHS = 'extra_model_paths.yaml'
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 4000000000\n`

export const COMFYUI_DAMAGES: Damages = damageAfter(buildComfyui, {
  'root-elsewhere': (store) => store.put(EXTRA_PATHS, toExtraPaths('/mnt/models')),
  'cut-paths': (store) => store.put(EXTRA_PATHS, 'comfyui: {base_path: "'),
  'alias-in-paths': (store) => store.put(EXTRA_PATHS, 'a: &a {base_path: /x}\nb: *a\n'),
  'huge-paths': (store) => truncateSync(store.put(EXTRA_PATHS, 'comfyui:'), 1_000_000_000),
  'kind-elsewhere': (store) => store.linkTo('models/clip_vision', '/etc'),
  'dangling-link': (store) => store.linkTo('models/vae/jay.safetensors', 'gone'),
  'link-loop': (store) => store.linkTo('models/vae/jay.safetensors', 'jay.safetensors'),
  'link-out': (store) => store.linkTo('models/vae/jay.safetensors', '/etc/hostname'),
  partial: (store) => store.put('models/vae/jay.safetensors.part', 'half'),
  pointer: (store) => store.put('models/vae/jay.safetensors', POINTER),
  'old-kinds': (store) => {
    store.put('models/unet/jay.safetensors', sampleSafetensors('unet'))
    store.put('models/clip/jay.safetensors', sampleSafetensors('clip'))
  },
  'link-inside': (store) => store.link('models/vae/jay.safetensors', 'models/checkpoints/wren.safetensors'),
})

export const A1111_DAMAGES: Damages = damageAfter(buildA1111, {
  'kind-elsewhere': (store) => store.linkTo('models/ControlNet', '/etc'),
  'dangling-link': (store) => store.linkTo('models/Lora/jay.safetensors', 'gone'),
  'link-loop': (store) => store.linkTo('models/Lora/jay.safetensors', 'jay.safetensors'),
  'link-out': (store) => store.linkTo('models/Lora/jay.safetensors', '/etc/hostname'),
  partial: (store) => store.put('models/Lora/jay.safetensors.crdownload', 'half'),
  pointer: (store) => store.put('models/Lora/jay.safetensors', POINTER),
  'link-inside': (store) => store.link('models/VAE/jay.safetensors', 'models/Lora/wren.safetensors'),
})
