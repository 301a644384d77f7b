import { buildLlamaCache } from './llama-cpp.ts'
import { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'

/** More than a git-lfs pointer can have, and less than would fill a disk. */
const MODEL = new Uint8Array(2048)
const CONFIG = '{"model_type":"wren"}\n'
const COMMIT = 'c0ffee'.padEnd(40, '0')
/** One directory of each layout has ten model files. */
const FILES_AT_ONCE = 10

/**
 * A tree with many model files in mixed layouts, for measurements: repositories of a hub's cache, publishers of
 * LM Studio, one flat directory, and plain directories with a list of digests. Their bytes are zeros.
 */
export function buildMixedTree(root: string, modelFiles: number): void {
  const store = buildStore(root)
  const rounds = Math.ceil(modelFiles / (4 * FILES_AT_ONCE))
  store.put('flat/notes.txt', '')
  for (let round = 0; round < rounds; round += 1) {
    putRepository(store, round)
    for (let number = 0; number < FILES_AT_ONCE; number += 1) {
      store.put(`lmstudio/models/acme/wren-${round}/wren-${number}.gguf`, MODEL)
      store.put(`flat/wren-${round}-${number}.gguf`, MODEL)
      store.put(`plain/wren-${round}/wren-${number}.safetensors`, MODEL)
    }
    const lines = Array.from(
      { length: FILES_AT_ONCE },
      (_, number) => `${'a'.repeat(64)}  wren-${number}.safetensors\n`,
    )
    store.put(`plain/wren-${round}/SHA256SUMS`, lines.join(''))
  }
  store.put('lmstudio/hub/models/acme/wren/model.yaml', 'model: acme/wren\n')
  buildLlamaCache(store.at('llama.cpp'))
}

/** A model of a configuration and ten shards, all of them links. */
function putRepository(store: StoreBuilder, round: number): void {
  const repository = `hub/models--acme--wren-${round}`
  const snapshot = `${repository}/snapshots/${COMMIT}`
  const putLinked = (path: string, blob: string, bytes: Uint8Array | string): void => {
    store.put(`${repository}/blobs/${blob}`, bytes)
    store.link(`${snapshot}/${path}`, `${repository}/blobs/${blob}`)
  }
  putLinked('config.json', gitBlobId(CONFIG), CONFIG)
  const total = String(FILES_AT_ONCE).padStart(5, '0')
  for (let number = 1; number <= FILES_AT_ONCE; number += 1) {
    const path = `model-${String(number).padStart(5, '0')}-of-${total}.safetensors`
    putLinked(path, sha256(`${round} ${number}`), MODEL)
  }
  store.put(`${repository}/refs/main`, COMMIT)
}
