import { truncateSync } from 'node:fs'
import { sampleGguf, sampleSafetensors } from '../models/index.ts'
import { type Damages, damageAfter, type StoreBuilder, sha256 } from './store-builder.ts'

const LAYER = 'application/vnd.ollama.image.'
const CONFIG = {
  model_format: 'gguf',
  model_family: 'llama',
  model_families: ['llama'],
  model_type: '1M',
  file_type: 'Q4_0',
  architecture: 'amd64',
  os: 'linux',
}

/** One layer of a manifest. */
export interface OllamaLayer {
  /** `model`, `template`, `projector` …, or a whole media type. */
  readonly type: string
  readonly bytes: Uint8Array | string
  /** What the manifest says instead of the right size. */
  readonly size?: number
  /** What the manifest says instead of the right digest. */
  readonly digest?: string
  /** `missing`: no blob. `colon`: named as very old stores have it. */
  readonly blob?: 'missing' | 'colon'
  /** Of a tensor. */
  readonly name?: string
}

/** A model in a store. */
export interface OllamaModel {
  /** `host/namespace/model/tag`, below `manifests`; several for one model. */
  readonly names: readonly string[]
  readonly layers: readonly OllamaLayer[]
  /** More fields of the configuration, as `remote_host`. */
  readonly config?: Readonly<Record<string, unknown>>
}

export const OLLAMA_WEIGHTS: Buffer = sampleGguf('wren')
export const OLLAMA_PROJECTOR: Buffer = sampleGguf('wren projector', { sizeBytes: 512 })

/** The whole store: a model with two names, one with a projector, one of tensors, a cloud model, a download. */
export function buildOllama(store: StoreBuilder): void {
  const template = { type: 'template', bytes: '{{ .Prompt }}' }
  addOllamaModel(store, {
    names: ['registry.ollama.ai/library/wren/1m', 'hf.co/acme/Wren-1M-GGUF/Q4_0'],
    layers: [
      { type: 'model', bytes: OLLAMA_WEIGHTS },
      template,
      { type: 'license', bytes: 'example license' },
      { type: 'params', bytes: '{"temperature":0.7}' },
    ],
  })
  addOllamaModel(store, {
    names: ['registry.ollama.ai/acme/wren-vision/latest'],
    layers: [
      { type: 'model', bytes: sampleGguf('wren vision') },
      { type: 'projector', bytes: OLLAMA_PROJECTOR },
      template,
    ],
  })
  addOllamaModel(store, {
    names: ['registry.ollama.ai/library/wren-tensors/latest'],
    layers: [
      ...['a', 'b'].map((name) => ({
        ...{ type: 'tensor', name },
        bytes: sampleSafetensors(name, { sizeBytes: 400 }),
      })),
      { type: 'json', name: 'config.json', bytes: '{"model_type":"wren"}' },
    ],
    config: { model_format: 'safetensors' },
  })
  addOllamaCloudModel(store)
  addOllamaPartial(store, 'f'.repeat(64))
}

/** Writes the blobs and the manifests of a model. Gives the text of the manifest. */
export function addOllamaModel(store: StoreBuilder, { names, layers, config = {} }: OllamaModel): string {
  const configuration = JSON.stringify({ ...CONFIG, ...config })
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: toDescriptor(store, {
      type: 'application/vnd.docker.container.image.v1+json',
      bytes: configuration,
    }),
    layers: layers.map((layer) => toDescriptor(store, layer)),
  })
  for (const name of names) store.put(`manifests/${name}`, manifest)
  return manifest
}

/** A model that runs elsewhere: no layer at all. */
export function addOllamaCloudModel(store: StoreBuilder): void {
  addOllamaModel(store, {
    names: ['registry.ollama.ai/library/wren-cloud/1t'],
    layers: [],
    config: { remote_host: 'https://ollama.example', remote_model: 'wren:1t' },
  })
}

/** An unfinished download: of full length from the start, with a file for each part that is fetched. */
export function addOllamaPartial(store: StoreBuilder, hex: string): void {
  store.put(`blobs/sha256-${hex}-partial`, new Uint8Array(10))
  store.putJson(`blobs/sha256-${hex}-partial-0`, { N: 0, Offset: 0, Size: 10, Completed: 4 })
}

/** Where the blob of these bytes is, below the root. */
export function ollamaBlob(bytes: Uint8Array | string, separator: '-' | ':' = '-'): string {
  return `blobs/sha256${separator}${sha256(bytes)}`
}

function toDescriptor(store: StoreBuilder, layer: OllamaLayer): object {
  const { type, bytes, blob, name, size = Buffer.byteLength(bytes) } = layer
  if (blob !== 'missing') store.put(ollamaBlob(bytes, blob === 'colon' ? ':' : '-'), bytes)
  return {
    mediaType: type.includes('/') ? type : `${LAYER}${type}`,
    digest: layer.digest ?? `sha256:${sha256(bytes)}`,
    size,
    ...(name !== undefined && { name }),
  }
}

const JAY_NAME = 'registry.ollama.ai/library/jay/latest'
const JAY = sampleGguf('jay')
const MANIFEST = `manifests/${JAY_NAME}`
const JAY_BLOB = ollamaBlob(JAY)

function addJay(store: StoreBuilder, layer: Partial<OllamaLayer> = {}): void {
  addOllamaModel(store, { names: [JAY_NAME], layers: [{ type: 'model', bytes: JAY, ...layer }] })
}

/** A whole store with a model `jay` besides. */
export const OLLAMA_DAMAGES: Damages = damageAfter(buildOllama, {
  'missing-blob': (store) => addJay(store, { blob: 'missing' }),
  'wrong-size': (store) => addJay(store, { size: 999 }),
  'path-in-digest': (store) => addJay(store, { digest: 'sha256:../../../etc/passwd' }),
  'no-weights': (store) => addJay(store, { type: 'template' }),
  'empty-manifest': (store) => store.put(MANIFEST, ''),
  'cut-manifest': (store) => store.put(MANIFEST, '{"schemaVersion":2,"lay'),
  'huge-manifest': (store) => truncateSync(store.put(MANIFEST, '{'), 1_000_000_000),
  'dangling-blob': (store) => {
    addJay(store, { blob: 'missing' })
    store.linkTo(JAY_BLOB, '../gone')
  },
  'blob-out': (store) => {
    addJay(store, { blob: 'missing' })
    store.linkTo(JAY_BLOB, '/etc/hostname')
  },
  'new-download': (store) => store.put(`blobs/sha256-${'e'.repeat(64)}.tmp`, ''),
  'linked-blob': (store) => {
    addJay(store, { blob: 'missing' })
    store.put('disk/jay', JAY)
    store.link(JAY_BLOB, 'disk/jay')
  },
  'colon-blob': (store) => addJay(store, { blob: 'colon' }),
  'other-files': (store) => {
    store.put('manifests/.DS_Store', 'x')
    store.put('manifests/registry.ollama.ai/library/stray', 'x')
  },
})
