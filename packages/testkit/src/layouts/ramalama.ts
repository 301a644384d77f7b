import { sampleGguf, sampleSafetensors } from '../models/index.ts'
import { type Damages, damageAfter, type StoreBuilder, sha256 } from './store-builder.ts'

export const RAMALAMA_WEIGHTS: Buffer = sampleGguf('wren ramalama')

/** One file of a model. */
export interface RamalamaSample {
  readonly name: string
  readonly type: 'gguf' | 'safetensor' | 'mmproj' | 'chat_template' | 'other'
  readonly bytes: Uint8Array | string
  /** What is there instead of the digest of the bytes. */
  readonly hash?: string
  readonly blob?: 'missing'
}

/** A tag of a model below `store`. */
export interface RamalamaSampleTag {
  /** `huggingface/acme/Wren-1M-GGUF` */
  readonly model: string
  readonly tag?: string
  readonly files: readonly RamalamaSample[]
  /** How the snapshot names the blobs. Default `hard`. */
  readonly links?: 'hard' | 'symbolic' | 'copy'
  /** Writes the ref as versions before JSON did. */
  readonly isOld?: boolean
}

/** The whole store: models of the hub, of Ollama, of an address and of safetensors, and a download. */
export function buildRamalama(store: StoreBuilder): void {
  const gguf = { name: 'wren-1m-q4_0.gguf', type: 'gguf', bytes: RAMALAMA_WEIGHTS } as const
  addRamalamaTag(store, {
    model: 'huggingface/acme/Wren-1M-GGUF',
    files: [
      gguf,
      { name: 'mmproj.gguf', type: 'mmproj', bytes: sampleGguf('projector') },
      { name: 'chat_template', type: 'chat_template', bytes: '{{ messages }}' },
    ],
  })
  addRamalamaTag(store, {
    model: 'ollama/library/wren',
    tag: '1m',
    files: [{ ...gguf, bytes: sampleGguf('wren ollama') }],
    isOld: true,
    links: 'symbolic',
  })
  addRamalamaTag(store, {
    model: 'https/models.example/wren.gguf',
    files: [{ ...gguf, bytes: sampleGguf('wren url'), hash: `sha256:${sha256('wren.gguf')}` }],
  })
  addRamalamaTag(store, {
    model: 'huggingface/acme/Wren-1M',
    files: [
      { name: 'model.safetensors', type: 'safetensor', bytes: sampleSafetensors('wren ramalama') },
      { name: 'config.json', type: 'other', bytes: '{}', hash: `sha256:${'d'.repeat(40)}` },
    ],
    links: 'symbolic',
  })
  store.put(`store/huggingface/acme/Wren-1M-GGUF/blobs/sha256-${'f'.repeat(64)}.partial`, 'half')
}

/** Writes blobs, snapshot and ref of a tag. Gives the path of the ref below the root. */
export function addRamalamaTag(store: StoreBuilder, sample: RamalamaSampleTag): string {
  const { model, tag = 'latest', files, links = 'hard', isOld = false } = sample
  const below = `store/${model}`
  const hash = `sha256:${sha256(`${model}:${tag}`)}`
  const named = files.map((file) => ({ ...file, hash: file.hash ?? `sha256:${sha256(file.bytes)}` }))
  for (const { name, bytes, hash: own, blob } of named) {
    if (blob === 'missing') continue
    const path = `${below}/blobs/${own.replace(':', '-')}`
    const link = `${below}/snapshots/${hash.replace(':', '-')}/${name}`
    store.put(path, bytes)
    if (links === 'hard') store.hardLink(link, path)
    else if (links === 'symbolic') store.link(link, path)
    else store.put(link, bytes)
  }
  const ref = `${below}/refs/${tag}`
  if (isOld) {
    const types: Readonly<Record<string, string>> = { chat_template: 'chat', gguf: 'model' }
    store.put(
      ref,
      [hash, ...named.map(({ name, type }) => `${name}---${types[type] ?? type}`), ''].join('\n'),
    )
    return ref
  }
  const entries = named.map(({ hash: own, name, type }) => ({ hash: own, name, type }))
  const path = `/elsewhere/${ref}.json`
  store.putJson(`${ref}.json`, { files: entries, hash, path, version: 'v1.0.1' })
  return `${ref}.json`
}

const JAY_MODEL = 'huggingface/acme/Jay'

function addJay(
  store: StoreBuilder,
  more: Partial<RamalamaSample> = {},
  tag: Partial<RamalamaSampleTag> = {},
): void {
  const file: RamalamaSample = { name: 'jay.gguf', type: 'gguf', bytes: sampleGguf('jay'), ...more }
  addRamalamaTag(store, { model: JAY_MODEL, files: [file], ...tag })
}

/** A whole store with a model `Jay` besides. */
export const RAMALAMA_DAMAGES: Damages = damageAfter(buildRamalama, {
  'missing-blob': (store) => addJay(store, { blob: 'missing' }),
  'git-blob-id': (store) => addJay(store, { hash: `sha256:${'d'.repeat(40)}` }),
  'cut-ref': (store) => store.put(`store/${JAY_MODEL}/refs/latest.json`, '{"files":['),
  'no-weights': (store) => addJay(store, { type: 'other' }),
  'name-out': (store) => addJay(store, { name: '../../jay.gguf', blob: 'missing' }),
  'file-source': (store) => {
    addJay(store, { hash: `sha256:${sha256('jay.gguf')}` }, { model: 'file/models/jay.gguf' })
  },
  copies: (store) => addJay(store, {}, { links: 'copy' }),
  'old-ref': (store) => addJay(store, {}, { isOld: true, links: 'symbolic' }),
})
