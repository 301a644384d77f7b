import { truncateSync, writeFileSync } from 'node:fs'
import { sampleGguf } from '../models/index.ts'
import { addLayers, ociBlob, type SampleLayer } from './layered-models.ts'
import { type Damages, damageAfter, type StoreBuilder, sha256 } from './store-builder.ts'

const TYPE = 'application/vnd.docker.ai.'
export const DOCKER_WEIGHTS: Buffer = sampleGguf('wren docker')

/** A model in a store. */
export interface DockerModel {
  readonly layers: readonly SampleLayer[]
  /** Without one, `models.json` does not have the model. */
  readonly tags?: readonly string[]
}

/** A layer of the tool: its type is `gguf.v3`, `mmproj` … */
export function dockerLayer(
  type: string,
  bytes: Uint8Array | string,
  more: Partial<SampleLayer> = {},
): SampleLayer {
  return { mediaType: `${TYPE}${type}`, bytes, ...more }
}

/** The whole store: a model with a projector and two tags, one of two shards, and a download. */
export function buildDockerModelRunner(store: StoreBuilder): void {
  const [first, second] = [sampleGguf('shard 1'), sampleGguf('shard 2')]
  addDockerModels(store, [
    {
      tags: ['docker.io/acme/wren:1M-Q4_0', 'docker.io/acme/wren:latest'],
      layers: [
        dockerLayer('gguf.v3', DOCKER_WEIGHTS, { path: 'wren-1m-q4_0.gguf' }),
        dockerLayer('mmproj', sampleGguf('projector'), { path: 'mmproj.gguf' }),
        dockerLayer('license', 'example license'),
        dockerLayer('chat.template.jinja', '{{ messages }}'),
      ],
    },
    {
      tags: ['hf.co/acme/Wren-GGUF:Q4_0'],
      layers: [
        dockerLayer('gguf.v3', first, { path: 'wren-00001-of-00002.gguf' }),
        dockerLayer('gguf.v3', second, { path: 'wren-00002-of-00002.gguf' }),
      ],
    },
  ])
  store.put(`${ociBlob('f'.repeat(64))}.incomplete`, new Uint8Array(10))
}

/** Writes all models of a store. Gives the digests of their manifests. */
export function addDockerModels(store: StoreBuilder, models: readonly DockerModel[]): readonly string[] {
  const entries = models.map(({ layers, tags }) => {
    const config = { config: { format: 'gguf', quantization: 'Q4_0' }, rootfs: { type: 'rootfs' } }
    const text = addLayers(store, { layers, configType: `${TYPE}model.config.v0.1+json`, config })
    const hex = sha256(text)
    store.put(`manifests/sha256/${hex}`, text)
    for (const { bytes, path, blob } of layers) {
      if (blob !== 'missing' && path !== undefined)
        store.hardLink(`bundles/sha256/${hex}/model/${path.split('/').at(-1)}`, ociBlob(sha256(bytes)))
    }
    return { hex, tags }
  })
  store.putJson('layout.json', { version: '1.0.0' })
  const named = entries.flatMap(({ hex, tags }) =>
    tags === undefined ? [] : [{ id: `sha256:${hex}`, tags, files: [] }],
  )
  store.putJson('models.json', { models: named })
  return entries.map(({ hex }) => hex)
}

const JAY = sampleGguf('jay')

/** A whole store with a model besides, which has no tag: the tool writes its list without a lock. */
function withJay(
  more: Partial<SampleLayer> = {},
  type = 'gguf.v3',
  change?: (manifest: string) => void,
): (store: StoreBuilder) => void {
  return (store) => {
    const [hex = ''] = addDockerModels(store, [{ layers: [dockerLayer(type, JAY, more)] }])
    buildDockerModelRunner(store)
    change?.(store.at(`manifests/sha256/${hex}`))
  }
}

export const DOCKER_DAMAGES: Damages = {
  'missing-blob': withJay({ blob: 'missing' }),
  'wrong-size': withJay({ size: 5 }),
  archive: withJay({}, 'dir.tar'),
  'no-weights': withJay({}, 'license'),
  'path-out': withJay({ path: '../jay.gguf' }),
  'path-in-digest': withJay({ digest: 'sha256:../../x' }),
  'other-algorithm': (store) => {
    store.put(`blobs/sha512/${'a'.repeat(128)}`, JAY)
    withJay({ digest: `sha512:${'a'.repeat(128)}` })(store)
  },
  'changed-manifest': withJay({}, 'gguf.v3', (path) => writeFileSync(path, '{}')),
  'huge-manifest': withJay({}, 'gguf.v3', (path) => truncateSync(path, 1_000_000_000)),
  unlisted: withJay(),
  ...damageAfter(buildDockerModelRunner, {
    'cut-list': (store) => store.put('models.json', '{"models":['),
    'missing-manifest': (store) => {
      store.putJson('models.json', {
        models: [{ id: `sha256:${'a'.repeat(64)}`, tags: ['docker.io/ai/gone:1'] }],
      })
    },
  }),
}
