import { sampleGguf } from '../models/sample-gguf.ts'
import { sampleSafetensors } from '../models/sample-safetensors.ts'
import { sampleShards } from '../models/sample-shards.ts'
import { buildStore, type StoreBuilder, sha256 } from './store-builder.ts'

/** What can be wrong in a directory of model files. */
export type PlainDamage =
  | 'aria2'
  | 'broken-list'
  | 'dangling-link'
  | 'lfs-pointer'
  | 'link-loop'
  | 'link-out'
  | 'md5-list'
  | 'missing-indexed-file'
  | 'missing-shard'
  | 'partial'
  | 'partial-of-directory'

/** The files of a plain directory and their digests. */
export interface PlainStore extends StoreBuilder {
  readonly digests: Readonly<Record<string, string>>
}

/**
 * A directory of model files as people keep them: `wren.gguf` and a vision projector, `sub/robin.safetensors`,
 * a set of shards in `big`, `tit` with a configuration, and a list of digests of the first two.
 */
export function buildPlain(root: string, damage?: PlainDamage): PlainStore {
  const store = buildStore(root)
  const files = filesOfPlain()
  for (const [path, bytes] of files) store.put(path, bytes)
  const digests = Object.fromEntries([...files].map(([path, bytes]) => [path, sha256(bytes)]))
  const listed = ['wren.gguf', 'sub/robin.safetensors']
  store.put('SHA256SUMS', listed.map((path) => `${digests[path]}  ${path}\n`).join(''))
  if (damage !== undefined) DAMAGES[damage](store)
  return { ...store, digests }
}

function filesOfPlain(): ReadonlyMap<string, Uint8Array | string> {
  const shards = sampleShards('big', { format: 'gguf', count: 2, name: 'big' })
  const indexed = sampleShards('tit', { format: 'safetensors', count: 2 })
  return new Map<string, Uint8Array | string>([
    ['wren.gguf', sampleGguf('wren')],
    ['mmproj-wren.gguf', sampleGguf('mmproj')],
    ['notes.txt', 'not a model\n'],
    ['data.bin', 'not weights\n'],
    ['sub/robin.safetensors', sampleSafetensors('robin')],
    ...[...shards].map(([name, bytes]): [string, Uint8Array] => [`big/${name}`, bytes]),
    ...[...indexed].map(([name, bytes]): [string, Uint8Array] => [`tit/${name}`, bytes]),
    ['tit/config.json', '{"model_type":"tit"}\n'],
  ])
}

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 4000000000\n`

const DAMAGES: Readonly<Record<PlainDamage, (store: StoreBuilder) => void>> = {
  aria2: (store) => {
    store.put('jay.gguf', new Uint8Array(100))
    store.put('jay.gguf.aria2', 'control')
  },
  'broken-list': (store) => store.put('sub/SHA256SUMS', 'this is a page, not a list\n'),
  'dangling-link': (store) => store.linkTo('jay.gguf', 'nothing.gguf'),
  'lfs-pointer': (store) => store.put('jay.safetensors', POINTER),
  'link-loop': (store) => {
    store.linkTo('jay.gguf', 'owl.gguf')
    store.linkTo('owl.gguf', 'jay.gguf')
  },
  'link-out': (store) => store.linkTo('jay.gguf', '/etc/hostname'),
  'md5-list': (store) => store.put('sub/checksums.txt', `${'a'.repeat(32)}  robin.safetensors\n`),
  'missing-indexed-file': (store) => {
    const weight_map = { a: 'model.safetensors', b: 'more.safetensors' }
    store.putJson('jay/model.safetensors.index.json', { weight_map })
    store.put('jay/model.safetensors', sampleSafetensors('jay'))
    store.put('jay/config.json', '{}')
  },
  'missing-shard': (store) => store.put('owl-00001-of-00002.gguf', sampleGguf('owl')),
  partial: (store) => {
    store.put('jay.gguf.part', new Uint8Array(10))
    store.put('incomplete-owl.gguf', new Uint8Array(10))
  },
  'partial-of-directory': (store) => {
    store.put('jay/config.json', '{}')
    store.put('jay/model.safetensors', sampleSafetensors('jay'))
    store.put('jay/more.safetensors.crdownload', new Uint8Array(10))
  },
}
