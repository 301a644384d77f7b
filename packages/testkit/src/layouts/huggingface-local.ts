import { renameSync, utimesSync } from 'node:fs'
import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'

/** What can be wrong in a directory that the Hugging Face client downloaded to. */
export type LocalDamage =
  | 'broken-record'
  | 'changed'
  | 'incomplete'
  | 'masked-etag'
  | 'no-record'
  | 'older-client'

const COMMIT = 'c0ffee'.padEnd(40, '0')
/** When the sample was downloaded, in seconds since 1970. */
const DOWNLOADED = 1_700_000_000
const DOWNLOAD = '.cache/huggingface/download'

/** `wren` with a model of two files, one of them large, and a record for each. */
export function buildLocalDirectory(root: string, damage?: LocalDamage): StoreBuilder {
  const store = buildStore(root)
  const config = '{"model_type":"wren"}\n'
  const weights = sampleSafetensors('wren')
  store.put('wren/config.json', config)
  store.put('wren/model.safetensors', weights)
  for (const path of ['config.json', 'model.safetensors'])
    utimesSync(store.at(`wren/${path}`), DOWNLOADED, DOWNLOADED)
  putRecord(store, 'config.json', gitBlobId(config))
  putRecord(store, 'model.safetensors', sha256(weights))
  store.put(`wren/${DOWNLOAD}/model.safetensors.lock`, '')
  store.put('wren/.cache/huggingface/.gitignore', '*')
  if (damage !== undefined) DAMAGES[damage](store)
  return store
}

function putRecord(store: StoreBuilder, path: string, etag: string): void {
  store.put(`wren/${DOWNLOAD}/${path}.metadata`, `${COMMIT}\n${etag}\n${DOWNLOADED}.25\n`)
}

const DAMAGES: Readonly<Record<LocalDamage, (store: StoreBuilder) => void>> = {
  'broken-record': (store) => store.put(`wren/${DOWNLOAD}/model.safetensors.metadata`, COMMIT),
  changed: (store) => utimesSync(store.at('wren/model.safetensors'), DOWNLOADED + 2, DOWNLOADED + 2),
  incomplete: (store) => store.put(`wren/${DOWNLOAD}/abcd=.${'f'.repeat(64)}.1a2b3c4d.incomplete`, 'half'),
  'masked-etag': (store) => putRecord(store, 'model.safetensors', '*'.repeat(64)),
  'older-client': (store) => renameSync(store.at('wren/.cache/huggingface'), store.at('wren/.huggingface')),
  'no-record': (store) => store.put(`wren/more.safetensors`, sampleSafetensors('more')),
}
