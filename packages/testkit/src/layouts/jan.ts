import { sampleGguf, sampleSafetensors } from '../models/index.ts'
import { type StoreBuilder, sha256 } from './store-builder.ts'

export const JAN_WEIGHTS: Buffer = sampleGguf('wren jan')
export const JAN_PROJECTOR: Buffer = sampleGguf('wren jan projector', { sizeBytes: 512 })

/** The fields of a `model.yml`; a field that is null is left out. */
export type JanFields = Readonly<Record<string, string | number | boolean | null>>

/** The whole data folder: a model of the hub with a projector, an older one without digests, one of MLX, a download. */
export function buildJan(store: StoreBuilder): void {
  addJanModel(store, 'acme/wren-1m', {
    mmproj_path: 'llamacpp/models/acme/wren-1m/mmproj.gguf',
    mmproj_sha256: sha256(JAN_PROJECTOR),
    mmproj_size_bytes: JAN_PROJECTOR.length,
  })
  store.put('llamacpp/models/acme/wren-1m/mmproj.gguf', JAN_PROJECTOR)
  addJanModel(store, 'wren-old', { model_sha256: null, model_size_bytes: null, name: 'Wren (old)' })
  store.put('llamacpp/models/wren-new/model.gguf.tmp', 'half')
  store.put('mlx/models/acme/wren-mlx/model.safetensors', sampleSafetensors('wren mlx'))
  store.put('mlx/models/acme/wren-mlx/config.json', '{}')
  store.put(
    'mlx/models/acme/wren-mlx/model.yml',
    'model_path: mlx/models/acme/wren-mlx/model.safetensors\nname: acme/wren-mlx\nsize_bytes: 1024\n',
  )
}

/** A model with the description that a recent version writes, and what is different in it. */
export function addJanModel(store: StoreBuilder, id: string, fields: JanFields = {}): void {
  const path = `llamacpp/models/${id}/model.gguf`
  store.put(path, JAN_WEIGHTS)
  const all: JanFields = {
    model_path: path,
    name: id,
    size_bytes: JAN_WEIGHTS.length,
    model_sha256: sha256(JAN_WEIGHTS),
    model_size_bytes: JAN_WEIGHTS.length,
    embedding: false,
    ...fields,
  }
  const lines = Object.entries(all).flatMap(([key, value]) =>
    value === null ? [] : [`${key}: ${JSON.stringify(value)}`],
  )
  store.put(`llamacpp/models/${id}/model.yml`, `${lines.join('\n')}\n`)
}
