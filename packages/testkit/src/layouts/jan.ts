import { rmSync } from 'node:fs'
import { sampleGguf, sampleSafetensors } from '../models/index.ts'
import { type Damages, damageAfter, type StoreBuilder, sha256 } from './store-builder.ts'

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

const BOMB = 'a: &a [x,x]\nb: &b [*a,*a]\nmodel_path: *b\n'

/** A whole data folder with a model `jay` besides. */
export const JAN_DAMAGES: Damages = damageAfter(buildJan, {
  'missing-file': (store) => addJanModel(store, 'jay', { model_path: 'llamacpp/models/gone' }),
  'missing-projector': (store) => addJanModel(store, 'jay', { mmproj_path: 'llamacpp/models/gone' }),
  'wrong-size': (store) => addJanModel(store, 'jay', { model_size_bytes: 5 }),
  'masked-digest': (store) => addJanModel(store, 'jay', { model_sha256: '*****' }),
  'path-out': (store) => addJanModel(store, 'jay', { model_path: '../../etc/hostname' }),
  'file-elsewhere': (store) => addJanModel(store, 'jay', { model_path: '/etc/hostname' }),
  'alias-bomb': (store) => store.put('llamacpp/models/jay/model.yml', BOMB),
  'cut-description': (store) => store.put('llamacpp/models/jay/model.yml', 'model_path: "llama'),
  'absolute-path': (store) => {
    const model_path = store.put('mine/jay', sampleGguf('jay'))
    const fields = { model_path, model_sha256: null, model_size_bytes: null }
    addJanModel(store, 'jay', fields)
    rmSync(store.at('llamacpp/models/jay/model.gguf'))
  },
})
