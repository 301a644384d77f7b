import { sampleGguf } from '../models/sample-gguf.ts'
import { sampleShards } from '../models/sample-shards.ts'
import { buildStore, type StoreBuilder, sha256 } from './store-builder.ts'

/** What can be wrong in the old cache of llama.cpp, or different. */
export type LlamaCacheDamage =
  | 'broken-manifest'
  | 'incomplete'
  | 'missing-file'
  | 'missing-shard'
  | 'other-etag'
  | 'weak-etag'
  | 'wrong-size'

export interface LlamaCache extends StoreBuilder {
  readonly digests: Readonly<Record<'wren' | 'mmproj' | 'old' | 'shard', string>>
}

const WREN = sampleGguf('wren')
const MMPROJ = sampleGguf('mmproj')
const OLD = sampleGguf('old')
const SHARDS = [...sampleShards('big', { format: 'gguf', count: 2, name: 'big' })]

/**
 * A flat cache: `acme/Wren-1M-GGUF` with a projector and two tags, a set of two shards whose manifest speaks of
 * the first, a file with the record of before mid-2025, and one from Docker's registry without any.
 */
export function buildLlamaCache(root: string, damage?: LlamaCacheDamage): LlamaCache {
  const store = buildStore(root)
  const wren = toHubFile('q4/wren.gguf', WREN)
  store.put('acme_Wren-1M-GGUF_q4_wren.gguf', WREN)
  store.put('acme_Wren-1M-GGUF_q4_wren.gguf.etag', `"${sha256(WREN)}"`)
  store.put('acme_Wren-1M-GGUF_mmproj-wren.gguf', MMPROJ)
  const mmprojFile = toHubFile('mmproj-wren.gguf', MMPROJ)
  store.putJson('manifest=acme=Wren-1M-GGUF=Q4_0.json', { ggufFile: wren, mmprojFile })
  store.putJson('manifest=acme=Wren-1M-GGUF=latest.json', { ggufFile: wren })
  for (const [name, bytes] of SHARDS) store.put(`acme_Big_${name}`, bytes)
  const [first, firstBytes] = SHARDS[0] ?? ['', WREN]
  store.putJson('manifest=acme=Big=Q4_0.json', { ggufFile: toHubFile(first, firstBytes) })
  store.put('old.gguf', OLD)
  const url = 'https://huggingface.co/acme/Old/resolve/main/old.gguf'
  store.putJson('old.gguf.json', {
    url,
    etag: `"${sha256(OLD)}"`,
    lastModified: 'Mon, 01 Jan 2024 00:00:00 GMT',
  })
  store.put('acme_docker.gguf', sampleGguf('docker'))
  if (damage !== undefined) DAMAGES[damage](store)
  const digests = { wren: sha256(WREN), mmproj: sha256(MMPROJ), old: sha256(OLD), shard: sha256(firstBytes) }
  return { ...store, digests }
}

function toHubFile(rfilename: string, bytes: Buffer): object {
  const digest = sha256(bytes)
  const size = bytes.length
  return { rfilename, size, blobId: `sha256:${digest}`, lfs: { sha256: digest, size } }
}

const JAY = sampleGguf('jay')

const DAMAGES: Readonly<Record<LlamaCacheDamage, (store: StoreBuilder) => void>> = {
  'broken-manifest': (store) => store.put('manifest=acme=Jay=Q4_0.json', '{"ggufFile":'),
  incomplete: (store) => store.put('acme_Jay_jay.gguf.downloadInProgress', 'GGUF'),
  'missing-file': (store) =>
    store.putJson('manifest=acme=Jay=Q4_0.json', { ggufFile: toHubFile('jay.gguf', JAY) }),
  'missing-shard': (store) => store.put('acme_Jay_jay-00001-of-00002.gguf', JAY),
  'other-etag': (store) => {
    store.put('acme_Jay_jay.gguf', JAY)
    store.put('acme_Jay_jay.gguf.etag', `"${'d'.repeat(64)}"`)
    store.putJson('manifest=acme=Jay=Q4_0.json', { ggufFile: toHubFile('jay.gguf', JAY) })
  },
  'weak-etag': (store) => {
    store.put('jay.gguf', JAY)
    store.put('jay.gguf.etag', 'W/"5f1d7a84db00d2fce00b31a7fc73224f:1449505951.4"')
  },
  'wrong-size': (store) => {
    store.put('acme_Jay_jay.gguf', JAY)
    store.putJson('manifest=acme=Jay=Q4_0.json', { ggufFile: toHubFile('jay.gguf', Buffer.from('longer')) })
  },
}
