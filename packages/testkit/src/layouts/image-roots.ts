import { sampleSafetensors } from '../models/index.ts'
import type { StoreBuilder } from './store-builder.ts'

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
