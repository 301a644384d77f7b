import { readFileSync, rmSync, truncateSync } from 'node:fs'
import { sampleGguf, sampleSafetensors } from '../models/index.ts'
import {
  addBlob,
  addLayers,
  type BlobPath,
  INDEX_TYPE,
  MANIFEST_TYPE,
  ociBlob,
  type SampleDescriptor,
  type SampleLayer,
  toIndex,
} from './layered-models.ts'
import { type Damages, damageAfter, type StoreBuilder, sha256 } from './store-builder.ts'

const TYPE = 'application/vnd.cncf.model.'
export const OCI_WEIGHTS: Buffer = sampleSafetensors('wren')

/** A layer of a ModelPack artifact: its type is `weight`, `weight.config`, `doc` … */
export function packLayer(
  type: string,
  bytes: Uint8Array | string,
  { form = 'raw', ...more }: Partial<SampleLayer> & { readonly form?: string } = {},
): SampleLayer {
  return { mediaType: `${TYPE}${type}.v1.${form}`, bytes, ...more }
}

/**
 * The whole layout: a ModelPack artifact with two tags, one in an archive, an index in the index, an image, a blob
 * that nothing names, and a file of another program. Further manifests come last.
 */
export function buildOci(store: StoreBuilder, more: readonly SampleDescriptor[] = []): void {
  store.put(ociBlob(sha256('unreferenced')), 'unreferenced')
  store.put('notes.txt', 'of another program')
  const wren = addPack(store, [
    packLayer('weight', OCI_WEIGHTS, { path: 'model.safetensors' }),
    packLayer('weight.config', '{"model_type":"wren"}', { path: 'config.json' }),
    packLayer('doc', 'example license', { path: 'LICENSE' }),
  ])
  const archive = addPack(store, [packLayer('weight', 'tar', { form: 'tar+gzip', path: 'weights' })])
  const nested = addPack(store, [packLayer('weight', sampleGguf('nested'), { path: 'wren.gguf' })])
  const image = addLayers(store, {
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', bytes: 'image' }],
    configType: 'application/vnd.oci.image.config.v1+json',
    config: {},
  })
  putOci(store, [
    addBlob(store, wren, { name: '1m' }),
    addBlob(store, wren, { name: 'registry.example/acme/wren:1m' }),
    addBlob(store, archive, { name: 'archive' }),
    addBlob(store, image, { name: 'image' }),
    addBlob(store, toIndex([addBlob(store, nested)]), { mediaType: INDEX_TYPE, name: 'nested' }),
    ...more,
  ])
}

/** The files of an image layout around an index. */
export function putOci(store: StoreBuilder, manifests: readonly SampleDescriptor[]): void {
  store.putJson('oci-layout', { imageLayoutVersion: '1.0.0' })
  store.put('index.json', toIndex(manifests))
}

/** Writes the blobs of an artifact. Gives the text of its manifest. */
export function addPack(
  store: StoreBuilder,
  layers: readonly SampleLayer[],
  blobPath: BlobPath = ociBlob,
): string {
  const config = { descriptor: { name: 'wren' }, config: { format: 'safetensors' } }
  const fields = { artifactType: `${TYPE}manifest.v1+json` }
  return addLayers(store, { layers, configType: `${TYPE}config.v1+json`, config, fields }, blobPath)
}

const registryBlob: BlobPath = (hex) => `blobs/sha256/${hex.slice(0, 2)}/${hex}/data`

/** The same as a registry keeps it, and modctl: below `docker/registry/v2`, with a file for each tag; `latest` is an index. */
export function buildOciRegistry(store: StoreBuilder): void {
  const layers = [packLayer('weight', OCI_WEIGHTS, { path: 'model.safetensors' })]
  const text = addPack(store, layers, registryBlob)
  store.put(registryBlob(sha256(text)), text)
  const size = Buffer.byteLength(text)
  const index = toIndex([{ mediaType: MANIFEST_TYPE, digest: `sha256:${sha256(text)}`, size }])
  store.put(registryBlob(sha256(index)), index)
  putTag(store, '1m', `sha256:${sha256(text)}`)
  putTag(store, 'latest', `sha256:${sha256(index)}`)
  store.put('repositories/registry.example/acme/wren/_uploads/1234/data', 'half')
}

/** A tag of the repository of `buildOciRegistry`, with any text in its file. */
export function putTag(store: StoreBuilder, tag: string, text: string): void {
  store.put(`repositories/registry.example/acme/wren/_manifests/tags/${tag}/current/link`, text)
}

const JAY = sampleGguf('jay')

/** A whole layout with an artifact `jay` besides. */
function withJay(
  layer: Partial<SampleLayer> & { readonly form?: string } = {},
  change: (descriptor: SampleDescriptor, store: StoreBuilder) => Partial<SampleDescriptor> = () => ({}),
): (store: StoreBuilder) => void {
  return (store) => {
    const descriptor = addBlob(store, addPack(store, [packLayer('weight', JAY, layer)]), { name: 'jay' })
    buildOci(store, [{ ...descriptor, ...change(descriptor, store) }])
  }
}

function toPath({ digest }: SampleDescriptor): string {
  return ociBlob(digest.replace('sha256:', ''))
}

export const OCI_DAMAGES: Damages = {
  'missing-blob': withJay({ blob: 'missing' }),
  'wrong-size': withJay({ size: 5 }),
  'path-out': withJay({ path: '../../jay.gguf' }),
  'path-in-digest': withJay({ digest: 'sha256:../../../etc/passwd' }),
  'zstd-archive': withJay({ form: 'tar+zstd' }),
  'other-algorithm': (store) => {
    store.put(`blobs/sha512/${'a'.repeat(128)}`, JAY)
    withJay({ digest: `sha512:${'a'.repeat(128)}` })(store)
  },
  'missing-manifest': withJay({}, (descriptor, store) => {
    rmSync(store.at(toPath(descriptor)))
    return {}
  }),
  'short-manifest': withJay({}, () => ({ size: 5 })),
  'changed-manifest': withJay({}, (descriptor, store) => {
    const path = toPath(descriptor)
    store.put(path, readFileSync(store.at(path), 'latin1').replace('raw', 'tar'))
    return {}
  }),
  'huge-manifest': withJay({}, (descriptor, store) => {
    truncateSync(store.at(toPath(descriptor)), 1_000_000_000)
    return { size: 1_000_000_000 }
  }),
  'cut-nested-index': (store) =>
    buildOci(store, [addBlob(store, '{"manifests":[', { mediaType: INDEX_TYPE })]),
}

export const REGISTRY_DAMAGES: Damages = damageAfter(buildOciRegistry, {
  'path-in-tag': (store) => putTag(store, 'bad', 'sha256:../../x'),
  'empty-tag': (store) => putTag(store, 'bad', ''),
  'missing-manifest': (store) => putTag(store, 'bad', `sha256:${'a'.repeat(64)}`),
  'missing-blob': (store) => {
    const text = addPack(store, [packLayer('weight', JAY, { blob: 'missing' })], registryBlob)
    store.put(registryBlob(sha256(text)), text)
    putTag(store, 'jay', `sha256:${sha256(text)}`)
  },
})
