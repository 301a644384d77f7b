import { sampleGguf } from '../models/index.ts'
import { addBlob, addLayers, type SampleLayer, toIndex } from './layered-models.ts'
import type { StoreBuilder } from './store-builder.ts'

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

/** A repository with one kit, tagged `1m`. */
export function putKit(store: StoreBuilder, repository: string, layers: readonly SampleLayer[]): void {
  const configType = `${TYPE}config.v1+json`
  const text = addLayers(store, { layers, configType, config: { manifestVersion: '1.0.0' } })
  const name = Buffer.from(repository).toString('base64url')
  store.put(`${name}-index.json`, toIndex([addBlob(store, text, { name: '1m' })]))
}
