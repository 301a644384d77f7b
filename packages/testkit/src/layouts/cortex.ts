/** Room `layouts`: small stores as other tools leave them on a disk, whole and damaged. */

import { sampleGguf } from '../models/sample-gguf.ts'
import { buildStore, type StoreBuilder } from './store-builder.ts'

/** What can be wrong in the data folder of Cortex, or different. */
export type CortexDamage =
  | 'alias'
  | 'cut'
  | 'imported-elsewhere'
  | 'missing-file'
  | 'missing-shard'
  | 'path-out'
  | 'unlisted'

export const CORTEX_WEIGHTS: Buffer = sampleGguf('wren cortex')
const HUB = 'models/huggingface.co/acme/Wren-1M-GGUF'

/**
 * A data folder with a model of the tool's own library, whose description does not name its file yet, one of the hub,
 * one of two shards, and one that was imported from elsewhere in the folder. Its database cannot be read as one.
 */
export function buildCortex(root: string, damage?: CortexDamage): StoreBuilder {
  const store = buildStore(root)
  store.put('cortex.db', 'not a database')
  store.put('models/cortex.so/wren/1m-gguf/model.yml', 'name: Wren\nmodel: wren:1m-gguf\nengine: llama-cpp\n')
  store.put('models/cortex.so/wren/1m-gguf/model.gguf', CORTEX_WEIGHTS)
  store.put(`${HUB}/wren-1m-q4_0.gguf`, sampleGguf('wren hub'))
  putDescription(store, `${HUB}/wren-1m-q4_0.yml`, 'acme:Wren-1M-GGUF:wren-1m-q4_0.gguf', [
    `${HUB}/wren-1m-q4_0.gguf`,
  ])
  const shards = [1, 2].map((number) => `${HUB}/wren-big-0000${number}-of-00002.gguf`)
  for (const path of shards) store.put(path, sampleGguf(path))
  putDescription(store, `${HUB}/wren-big-00001-of-00002.yml`, 'acme:Wren-1M-GGUF:big', shards.slice(0, 1))
  const own = store.put('mine/jay', sampleGguf('jay'))
  putDescription(store, 'models/imported/jay.yml', 'jay', [own])
  if (damage !== undefined) DAMAGES[damage](store)
  return store
}

function putDescription(store: StoreBuilder, path: string, model: string, files: readonly string[]): void {
  const lines = [
    `model: ${JSON.stringify(model)}`,
    'version: 1',
    'files:',
    ...files.map((file) => `  - ${file}`),
  ]
  store.put(path, `# BEGIN GENERAL GGUF METADATA\n${lines.join('\n')}\nstop: []\n`)
}

const DAMAGES: Readonly<Record<CortexDamage, (store: StoreBuilder) => void>> = {
  alias: (store) => store.put(`${HUB}/owl.yml`, 'model: &m owl\nfiles: [*m]\n'),
  cut: (store) => store.put(`${HUB}/owl.yml`, 'model: owl\nfiles: ["models/'),
  'imported-elsewhere': (store) => putDescription(store, 'models/imported/owl.yml', 'owl', ['/etc/hostname']),
  'missing-file': (store) => putDescription(store, `${HUB}/owl.yml`, 'owl', [`${HUB}/owl.gguf`]),
  'missing-shard': (store) => {
    store.put(`${HUB}/owl-00001-of-00002.gguf`, sampleGguf('owl'))
    putDescription(store, `${HUB}/owl.yml`, 'owl', [`${HUB}/owl-00001-of-00002.gguf`])
  },
  'path-out': (store) => putDescription(store, `${HUB}/owl.yml`, 'owl', ['../../etc/hostname']),
  unlisted: (store) => store.put(`${HUB}/owl.gguf`, sampleGguf('owl')),
}
