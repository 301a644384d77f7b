import { sampleGguf } from '../models/sample-gguf.ts'
import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { buildStore, type StoreBuilder } from './store-builder.ts'

/** What can be wrong in the home directory of LM Studio, or different. */
export type LmStudioDamage = 'broken-settings' | 'dangling-link' | 'link-out' | 'other-folder' | 'partial'

/**
 * A home directory with a GGUF model and its projector, a model of several files, and a virtual model that has
 * no weights.
 */
export function buildLmStudio(root: string, damage?: LmStudioDamage): StoreBuilder {
  const store = buildStore(root)
  const wren = 'models/acme/Wren-1M-GGUF'
  store.put(`${wren}/wren-1m-q4_0.gguf`, sampleGguf('wren'))
  store.put(`${wren}/mmproj-wren-1m.gguf`, sampleGguf('mmproj'))
  store.put('models/acme/Robin-MLX/config.json', '{}')
  store.put('models/acme/Robin-MLX/model.safetensors', sampleSafetensors('robin'))
  store.put('hub/models/acme/wren-1m/model.yaml', 'model: acme/wren-1m\n')
  store.put('.internal/model-index-cache.json', '{}')
  if (damage !== undefined) DAMAGES[damage](store)
  return store
}

const DAMAGES: Readonly<Record<LmStudioDamage, (store: StoreBuilder) => void>> = {
  'broken-settings': (store) => store.put('settings.json', '{"downloadsFolder":'),
  'dangling-link': (store) => store.linkTo('models/acme/Jay/jay.gguf', 'gone.gguf'),
  'link-out': (store) => store.linkTo('models/acme/Jay/jay.gguf', '/etc/hostname'),
  'other-folder': (store) => {
    store.put('elsewhere/acme/Jay/jay.gguf', sampleGguf('jay'))
    store.putJson('settings.json', { downloadsFolder: store.at('elsewhere') })
  },
  partial: (store) => store.put('models/acme/Jay/jay.gguf.part', 'GGUF'),
}
