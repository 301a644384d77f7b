import { sampleGguf } from '../models/sample-gguf.ts'
import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { buildStore, type StoreBuilder } from './store-builder.ts'

/** What can be wrong in ModelScope's cache. */
export type ModelScopeDamage = 'downloads' | 'missing-shard'

/**
 * A cache with `acme/Wren-1.5`, a model of several files with a link of its true name beside it, and with
 * `acme/Jay`, a GGUF file in a directory. Its `.msc` cannot be read as a pickle.
 */
export function buildModelScope(root: string, damage?: ModelScopeDamage): StoreBuilder {
  const store = buildStore(root)
  const models = 'hub/models'
  store.put(`${models}/acme/Wren-1___5/config.json`, '{}')
  store.put(`${models}/acme/Wren-1___5/model.safetensors`, sampleSafetensors('wren'))
  store.put(`${models}/acme/Wren-1___5/.mv`, 'Revision:v1.2,CreatedAt:1767323045')
  store.put(`${models}/acme/Wren-1___5/.msc`, 'not a pickle')
  store.link(`${models}/acme/Wren-1.5`, `${models}/acme/Wren-1___5`)
  store.put(`${models}/acme/Jay/q4/jay.gguf`, sampleGguf('jay'))
  store.put(`${models}/acme/Jay/.mdl`, 'not a pickle')
  if (damage !== undefined) DAMAGES[damage](store)
  return store
}

const DAMAGES: Readonly<Record<ModelScopeDamage, (store: StoreBuilder) => void>> = {
  downloads: (store) => store.put('hub/models/._____temp/acme/Owl/owl.gguf', 'GGUF'),
  'missing-shard': (store) => store.put('hub/models/acme/Jay/owl-00001-of-00002.gguf', sampleGguf('owl')),
}
