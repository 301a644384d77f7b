import { sampleGguf } from '../models/sample-gguf.ts'
import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { sampleShards } from '../models/sample-shards.ts'
import { buildStore, gitBlobId, type StoreBuilder, sha256 } from './store-builder.ts'

/** What can be wrong in a hub's cache, or different. */
export type HubDamage =
  | 'absolute-link'
  | 'broken-tree'
  | 'dangling-config'
  | 'dangling-readme'
  | 'dangling-weights'
  | 'download-in-progress'
  | 'empty-ref'
  | 'incomplete'
  | 'link-loop'
  | 'link-out'
  | 'masked-name'
  | 'missing-indexed-shard'
  | 'missing-shard'
  | 'other-digest-in-tree'
  | 'ref-without-snapshot'
  | 'shared-store'
  | 'wrong-size'

/** `main` of the sample, and a commit before it. */
export const HUB_COMMIT: string = 'c0ffee'.padEnd(40, '0')
export const HUB_OLD_COMMIT: string = 'badcab'.padEnd(40, '0')
const REPOSITORY = 'hub/models--acme--Wren-1M'

export interface HubStore extends StoreBuilder {
  /** Absolute. */
  readonly repository: string
  readonly bytes: Readonly<Record<string, Buffer>>
}

export interface HubOptions {
  /** Files lie in the snapshots, as on Windows. Default false. */
  readonly withoutLinks?: boolean | undefined
  /** Default true. */
  readonly withTree?: boolean | undefined
}

const BYTES: Readonly<Record<string, Buffer>> = {
  'README.md': Buffer.from('# Wren\n'),
  'config.json': Buffer.from('{"model_type":"wren"}\n'),
  'gguf/wren-1m-q4_0.gguf': sampleGguf('wren'),
  'model.safetensors': sampleSafetensors('wren'),
}

/**
 * A cache with `acme/Wren-1M`: `main` and `v1` at one commit with a model of three files and one of GGUF, the
 * pull request 1 at a commit with a configuration alone. Beside it a data set and a lock.
 */
export function buildHub(root: string, damage?: HubDamage, options: HubOptions = {}): HubStore {
  const store = buildStore(root)
  for (const path of Object.keys(BYTES)) putHubFile(store, HUB_COMMIT, path, options)
  putHubFile(store, HUB_OLD_COMMIT, 'config.json', options)
  store.put(`${REPOSITORY}/refs/main`, HUB_COMMIT)
  store.put(`${REPOSITORY}/refs/v1`, `${HUB_COMMIT}\n`)
  store.put(`${REPOSITORY}/refs/refs/pr/1`, HUB_OLD_COMMIT)
  store.put(`${REPOSITORY}/.no_exist/${HUB_COMMIT}/adapter_config.json`, '')
  if (options.withTree !== false) putTree(store, treeFiles())
  store.put('hub/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55\n')
  store.put(`hub/.locks/models--acme--Wren-1M/${sha256('lock')}.lock`, '')
  store.put(`hub/datasets--acme--songs/snapshots/${HUB_COMMIT}/model.safetensors`, sampleSafetensors('song'))
  if (damage !== undefined) DAMAGES[damage](store)
  return { ...store, repository: store.at(REPOSITORY), bytes: BYTES }
}

/** A file of a snapshot: a link to its blob, unless there are none. */
function putHubFile(store: StoreBuilder, commit: string, path: string, { withoutLinks }: HubOptions): void {
  const bytes = BYTES[path] ?? Buffer.from(path)
  const place = `${REPOSITORY}/snapshots/${commit}/${path}`
  if (withoutLinks) store.put(place, bytes)
  else putLinked(store, place, { blob: isLarge(path) ? sha256(bytes) : gitBlobId(bytes), bytes })
}

function putLinked(
  store: StoreBuilder,
  place: string,
  { blob, bytes }: { readonly blob: string; readonly bytes: Buffer },
): void {
  store.put(`${REPOSITORY}/blobs/${blob}`, bytes)
  store.link(place, `${REPOSITORY}/blobs/${blob}`)
}

function isLarge(path: string): boolean {
  return /\.(?:gguf|safetensors)$/u.test(path)
}

function putTree(store: StoreBuilder, files: Readonly<Record<string, object>>): void {
  store.putJson(`${REPOSITORY}/trees/${HUB_COMMIT}.json`, { format_version: 1, files })
}

/** The sample's files, and one that was not downloaded. */
function treeFiles(): Readonly<Record<string, object>> {
  const large = { blob_id: 'a'.repeat(40), xet_hash: 'b'.repeat(64) }
  const files = Object.entries(BYTES).map(([path, bytes]): [string, object] => {
    const size = bytes.length
    const isLfs = isLarge(path)
    return [
      path,
      isLfs
        ? { size, ...large, lfs_sha256: sha256(bytes), lfs_size: size }
        : { size, blob_id: gitBlobId(bytes) },
    ]
  })
  return { ...Object.fromEntries(files), 'left-out.bin': { size: 5, blob_id: gitBlobId('hello') } }
}

const SNAPSHOT = `${REPOSITORY}/snapshots/${HUB_COMMIT}`
const JAY = Buffer.from(sampleGguf('jay'))

const DAMAGES: Readonly<Record<HubDamage, (store: StoreBuilder) => void>> = {
  'absolute-link': (store) => {
    const blob = `${REPOSITORY}/blobs/${sha256(JAY)}`
    store.put(blob, JAY)
    store.linkTo(`${SNAPSHOT}/jay.gguf`, store.at(blob))
  },
  'broken-tree': (store) => store.put(`${REPOSITORY}/trees/${HUB_COMMIT}.json`, '{"format_version": 1, "fil'),
  'dangling-config': (store) => store.linkTo(`${SNAPSHOT}/generation_config.json`, '../../blobs/gone'),
  'dangling-readme': (store) => store.linkTo(`${SNAPSHOT}/LICENSE`, '../../blobs/gone'),
  'dangling-weights': (store) => store.linkTo(`${SNAPSHOT}/jay.gguf`, `../../blobs/${sha256(JAY)}`),
  'download-in-progress': (store) =>
    store.put(`${REPOSITORY}/blobs/${sha256(JAY)}.downloadInProgress`, 'GGUF'),
  'empty-ref': (store) => store.put(`${REPOSITORY}/refs/v2`, ''),
  incomplete: (store) => store.put(`${REPOSITORY}/blobs/${sha256(JAY)}.1a2b3c4d.incomplete`, 'GGUF'),
  'link-loop': (store) => store.linkTo(`${SNAPSHOT}/jay.gguf`, 'jay.gguf'),
  'link-out': (store) => store.linkTo(`${SNAPSHOT}/jay.gguf`, '/etc/hostname'),
  'masked-name': (store) => putLinked(store, `${SNAPSHOT}/jay.gguf`, { blob: '*'.repeat(64), bytes: JAY }),
  'missing-indexed-shard': (store) => {
    const weight_map = { a: 'model.safetensors', b: 'more.safetensors' }
    const bytes = Buffer.from(JSON.stringify({ weight_map }))
    putLinked(store, `${SNAPSHOT}/model.safetensors.index.json`, { blob: gitBlobId(bytes), bytes })
  },
  'missing-shard': (store) => {
    const [shard = JAY] = sampleShards('jay', { format: 'gguf', count: 2 }).values()
    putLinked(store, `${SNAPSHOT}/jay-00001-of-00002.gguf`, { blob: sha256(shard), bytes: shard })
  },
  'other-digest-in-tree': (store) => {
    putLinked(store, `${SNAPSHOT}/jay.gguf`, { blob: sha256(JAY), bytes: JAY })
    putTree(store, { ...treeFiles(), 'jay.gguf': { lfs_sha256: 'd'.repeat(64), lfs_size: JAY.length } })
  },
  'ref-without-snapshot': (store) => store.put(`${REPOSITORY}/refs/v2`, 'd'.repeat(40)),
  'shared-store': (store) => {
    store.put(`shared/${sha256(JAY)}`, JAY)
    store.link(`${SNAPSHOT}/jay.gguf`, `shared/${sha256(JAY)}`)
  },
  'wrong-size': (store) => {
    putLinked(store, `${SNAPSHOT}/jay.gguf`, { blob: sha256(JAY), bytes: JAY })
    putTree(store, { ...treeFiles(), 'jay.gguf': { lfs_sha256: sha256(JAY), lfs_size: 5 } })
  },
}
