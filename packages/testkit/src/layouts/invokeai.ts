import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { PICKLE } from './image-roots.ts'
import { buildStore, type StoreBuilder, sha256 } from './store-builder.ts'

/** What can be wrong in the root of InvokeAI, or different. */
export type InvokeaiDamage = 'dangling-link' | 'download' | 'missing-shard' | 'older'

export const INVOKEAI_WEIGHTS: Buffer = sampleSafetensors('wren invokeai')
const KEYS = [
  '0f0e8b9a-4c3d-4b2a-9f1e-7a6b5c4d3e2f',
  '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  'abcdef01-2345-4678-9abc-def012345678',
]

/**
 * A root with a checkpoint, a pickle and a model of several files, each in a directory with a random name. Its
 * database is a text with a hash that looks like a SHA-256 and is not one.
 */
export function buildInvokeai(root: string, damage?: InvokeaiDamage): StoreBuilder {
  const store = buildStore(root)
  const [checkpoint, pickle, folder] = KEYS.map((key) => `models/${key}`)
  store.put('invokeai.yaml', 'schema_version: 4.0.2\n')
  store.put('models/README.txt', 'These files belong to the program.\n')
  store.put(`${checkpoint}/wren.safetensors`, INVOKEAI_WEIGHTS)
  store.put(`${pickle}/wren.pt`, PICKLE)
  store.put(`${folder}/model_index.json`, '{}')
  store.put(`${folder}/unet/config.json`, '{}')
  store.put(`${folder}/unet/diffusion_pytorch_model.safetensors`, sampleSafetensors('unet'))
  store.put(
    'databases/invokeai.db',
    `{"path":"${KEYS[0]}/wren.safetensors","hash":"blake3:${sha256('blake3')}"}`,
  )
  if (damage !== undefined) DAMAGES[damage](store)
  return store
}

const DAMAGES: Readonly<Record<InvokeaiDamage, (store: StoreBuilder) => void>> = {
  'dangling-link': (store) => store.linkTo(`models/${KEYS[1]}/jay.safetensors`, 'gone.safetensors'),
  download: (store) => store.put('models/tmpinstall_x1/jay.safetensors', 'half'),
  'missing-shard': (store) =>
    store.put(`models/${KEYS[1]}/jay-00001-of-00002.safetensors`, sampleSafetensors('jay')),
  older: (store) => store.put('models/sd-1/lora/jay.safetensors', sampleSafetensors('jay')),
}
