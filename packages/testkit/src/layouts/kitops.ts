import { readFileSync, truncateSync } from 'node:fs'
import { sampleGguf } from '../models/index.ts'
import {
  addBlob,
  addLayers,
  ociBlob,
  type SampleDescriptor,
  type SampleLayer,
  toIndex,
} from './layered-models.ts'
import { type Damages, damageAfter, type StoreBuilder, sha256 } from './store-builder.ts'

const TYPE = 'application/vnd.kitops.modelkit.'
export const KIT_WEIGHTS: Buffer = sampleGguf('kit')

/** A layer of a model kit: its type is `model`, `modelpart`, `code` …, its form `raw` or `tar+gzip`. */
export function kitLayer(type: string, form: string, bytes: Uint8Array | string): SampleLayer {
  return { mediaType: `${TYPE}${type}.v1.${form}`, bytes }
}

/** The whole storage: a kit with raw weights, one with an archive of another repository, and a download. */
export function buildKitops(store: StoreBuilder): void {
  putKit(store, 'localhost/wren', [kitLayer('model', 'raw', KIT_WEIGHTS), kitLayer('docs', 'tar', 'docs')])
  putKit(store, 'registry.example/acme/wren-tar', [kitLayer('model', 'tar+gzip', 'tar')])
  store.put('ingest/0123456789abcdef', 'half')
}

/** A repository with one kit, tagged `1m`. Gives the path of its manifest. */
export function putKit(
  store: StoreBuilder,
  repository: string,
  layers: readonly SampleLayer[],
  change: Partial<SampleDescriptor> = {},
): string {
  const configType = `${TYPE}config.v1+json`
  const text = addLayers(store, { layers, configType, config: { manifestVersion: '1.0.0' } })
  const descriptor = addBlob(store, text, { name: '1m' })
  store.put(indexOf(repository), toIndex([{ ...descriptor, ...change }]))
  return ociBlob(sha256(text))
}

function indexOf(repository: string): string {
  return `${Buffer.from(repository).toString('base64url')}-index.json`
}

const JAY = sampleGguf('jay')

function putJay(store: StoreBuilder, more: Partial<SampleLayer> = {}, type = 'model'): string {
  return putKit(store, 'localhost/jay', [{ ...kitLayer(type, 'raw', JAY), ...more }])
}

export const KITOPS_DAMAGES: Damages = damageAfter(buildKitops, {
  'missing-blob': (store) => void putJay(store, { blob: 'missing' }),
  'wrong-size': (store) => void putJay(store, { size: 5 }),
  'no-weights': (store) => void putJay(store, {}, 'docs'),
  'path-out': (store) => void putJay(store, { path: '../../jay.gguf' }),
  'other-algorithm': (store) => {
    store.put(`blobs/sha512/${'a'.repeat(128)}`, JAY)
    putJay(store, { digest: `sha512:${'a'.repeat(128)}` })
  },
  'changed-manifest': (store) => {
    const path = putJay(store)
    store.put(path, readFileSync(store.at(path), 'latin1').replace('raw', 'tar'))
  },
  'missing-manifest': (store) => {
    putKit(store, 'localhost/jay', [kitLayer('model', 'raw', JAY)], { digest: `sha256:${'a'.repeat(64)}` })
  },
  'cut-index': (store) => store.put(indexOf('localhost/jay'), '{"manifests":['),
  'huge-index': (store) => truncateSync(store.put(indexOf('localhost/jay'), '{'), 1_000_000_000),
  'name-out': (store) => store.put(indexOf('../../etc/jay'), '{'),
})
