import { type StoreBuilder, sha256 } from './store-builder.ts'

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'
const FILE_PATH = 'org.cncf.model.filepath'
const REF_NAME = 'org.opencontainers.image.ref.name'

/** One layer of a manifest. */
export interface SampleLayer {
  readonly mediaType: string
  readonly bytes: Uint8Array | string
  /** The annotation with the path in the model. */
  readonly path?: string
  /** What the manifest says instead of the right size. */
  readonly size?: number
  /** What the manifest says instead of the right digest. */
  readonly digest?: string
  readonly blob?: 'missing'
}

/** What a descriptor says of bytes. */
export interface SampleDescriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
}

/** A manifest to write. */
export interface SampleManifest {
  readonly layers: readonly SampleLayer[]
  readonly configType: string
  readonly config: object
  /** Further fields. */
  readonly fields?: object
}

/** Where a store has its blobs, below its root, by the hexadecimal characters of the digest. */
export type BlobPath = (hex: string) => string

export const ociBlob: BlobPath = (hex) => `blobs/sha256/${hex}`

/** Writes the blobs of a manifest. Gives its own text. */
export function addLayers(
  store: StoreBuilder,
  manifest: SampleManifest,
  blobPath: BlobPath = ociBlob,
): string {
  const { layers, configType, config, fields = {} } = manifest
  const toLayer = (layer: SampleLayer): SampleDescriptor => {
    const { bytes, mediaType, path } = layer
    if (layer.blob !== 'missing') store.put(blobPath(sha256(bytes)), bytes)
    return {
      mediaType,
      digest: layer.digest ?? `sha256:${sha256(bytes)}`,
      size: layer.size ?? Buffer.byteLength(bytes),
      ...(path !== undefined && { annotations: { [FILE_PATH]: path } }),
    }
  }
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    ...fields,
    config: toLayer({ mediaType: configType, bytes: JSON.stringify(config) }),
    layers: layers.map(toLayer),
  })
}

/** Writes a blob of a JSON text. Gives its descriptor, with a name if there is one. */
export function addBlob(
  store: StoreBuilder,
  text: string,
  {
    mediaType = MANIFEST_TYPE,
    name,
  }: { readonly mediaType?: string; readonly name?: string | undefined } = {},
): SampleDescriptor {
  store.put(ociBlob(sha256(text)), text)
  return {
    ...{ mediaType, digest: `sha256:${sha256(text)}`, size: Buffer.byteLength(text) },
    ...(name !== undefined && { annotations: { [REF_NAME]: name } }),
  }
}

/** The text of an index. */
export function toIndex(manifests: readonly SampleDescriptor[]): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests })
}
