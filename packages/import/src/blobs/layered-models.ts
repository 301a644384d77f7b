import { posix } from 'node:path'
import type { CompanionRole } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import type { NamedModel } from '../candidate/named-model.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { type ScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import { joinBelow } from '../disk/paths-below.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { declareBlob, findBlob, toFileModel } from './blob-file.ts'
import { findCompanions } from './companions.ts'
import { fileNameOf, type LayerUse, useOf } from './layer-use.ts'
import { parseRegistryName, toRegistryReference, toSource } from './model-source.ts'
import type { Descriptor, RegistryManifest } from './registry-manifest.ts'

/** A manifest with the names that the store has for it. */
export interface LayeredModel {
  readonly manifest: RegistryManifest
  readonly manifestPath: string
  readonly name: string
  readonly idNames: readonly string[]
  readonly aliases?: readonly string[]
  /** The whole name in a registry, if the store has it. */
  readonly reference?: string | undefined
}

/** Where the blobs are. */
export interface BlobStore {
  readonly layout: LayoutName
  readonly reader: StoreReader
  pathOf(digest: string): string
}

const MODEL_TYPE = /^application\/vnd\.(?:docker\.ai|cncf\.model|kitops\.modelkit)\./u

interface UsedLayer {
  readonly layer: Descriptor
  readonly use: LayerUse
}

/** The models of a manifest, and what keeps a layer from being one. */
export interface LayeredFindings {
  readonly models: readonly NamedModel[]
  readonly failures: readonly UnusableError[]
}

/**
 * The models of a manifest with layers. A blob has no name that a runtime could find the parts of a model by, so
 * each layer with weights is a model of its own, named after its file if there are several. Rejects with an
 * UnusableError if the manifest itself cannot be used.
 */
export async function findLayeredModels(store: BlobStore, model: LayeredModel): Promise<LayeredFindings> {
  const used = (model.manifest.layers ?? []).map((layer) => ({ layer, use: useOf(layer) }))
  for (const each of used) assertFileName(model, each)
  const weights = used.filter(({ use }) => use === 'weights' || use === 'projector')
  const count = used.filter(({ use }) => use === 'weights').length
  const archives = used
    .filter(({ use }) => use === 'archive')
    .map(({ layer }) => toArchiveError(store, layer))
  const companions = await findCompanionsOf(store, model, used)
  const models: NamedModel[] = []
  const failures: UnusableError[] = [...archives]
  if (weights.length + archives.length === 0 && isOfModel(model)) {
    failures.push(new UnusableError('no-weights', model.manifestPath, 'names no layer with weights'))
  }
  let number = 0
  for (const { layer, use } of weights) {
    if (use === 'weights') number += 1
    const suffix = use === 'projector' ? 'projector' : toSuffix(layer, { number, count })
    const own = await orUnusable(() => toModel(store, model, { layer, suffix }))
    if (own instanceof UnusableError) {
      // A projector's problem is one of the model that it belongs to.
      if (use === 'weights') failures.push(own)
    } else if (use === 'projector') models.push(own)
    else models.push({ ...own, ...companions, problems: [...own.problems, ...companions.problems] })
  }
  return { models, failures }
}

/** An image of a container has no weights either, and is not expected to. */
function isOfModel({ manifest: { config, layers } }: LayeredModel): boolean {
  const types = [config?.mediaType ?? '', ...(layers ?? []).map(({ mediaType }) => mediaType)]
  return types.some((type) => MODEL_TYPE.test(type))
}

async function toModel(
  store: BlobStore,
  model: LayeredModel,
  { layer, suffix }: { readonly layer: Descriptor; readonly suffix: string | undefined },
): Promise<NamedModel> {
  const { manifestPath, aliases = [], reference } = model
  const found = await findBlob(store.reader, store.pathOf(layer.digest), layer)
  const declared = declareBlob(layer.digest, manifestPath)
  const registryName = reference === undefined ? undefined : parseRegistryName(reference)
  const suffixed = (name: string): string => (suffix === undefined ? name : `${name} ${suffix}`)
  const own = toFileModel(found, declared, {
    name: suffixed(model.name),
    idNames: suffix === undefined ? model.idNames : [...model.idNames, suffix],
    source: toSource(registryName && toRegistryReference(registryName), found.realPath),
  })
  const problems = declared === undefined ? [toDigestProblem(store, model, layer)] : []
  return { ...own, aliases: aliases.map(suffixed), problems }
}

/** What tells apart the layers with weights, if there are several: their files, or their numbers. */
function toSuffix(
  layer: Descriptor,
  { number, count }: { readonly number: number; readonly count: number },
): string | undefined {
  if (count < 2) return undefined
  const file = fileNameOf(layer)
  if (file === undefined) return `model-${toShardNumber(number)}-of-${toShardNumber(count)}`
  const { dir, name } = posix.parse(file)
  return dir === '' ? name : `${dir}/${name}`
}

/** As shards are numbered, and as Docker names those of its first version. */
function toShardNumber(number: number): string {
  return String(number).padStart(5, '0')
}

async function findCompanionsOf(
  { layout, reader, pathOf }: BlobStore,
  { manifest: { config }, name }: LayeredModel,
  used: readonly UsedLayer[],
): Promise<Pick<NamedModel, 'companions' | 'problems'>> {
  const blobs = used.flatMap(({ layer, use }) =>
    isRole(use) ? [{ path: pathOf(layer.digest), role: use, blob: layer }] : [],
  )
  const own = config ? [{ path: pathOf(config.digest), role: 'configuration' as const, blob: config }] : []
  return await findCompanions(reader, [...own, ...blobs], { layout, name })
}

function isRole(use: LayerUse): use is CompanionRole {
  return use !== 'weights' && use !== 'archive' && use !== 'ignored'
}

/** Only archives contain directories; the path of one file must stay in the model. */
function assertFileName({ manifestPath }: LayeredModel, { layer, use }: UsedLayer): void {
  const file = fileNameOf(layer)
  if (file === undefined || use === 'archive' || use === 'ignored' || joinBelow('/', file) !== undefined)
    return
  throw new UnusableError(
    'broken-manifest',
    manifestPath,
    `names a file out of the model: ${JSON.stringify(file)}`,
  )
}

function toArchiveError({ pathOf }: BlobStore, { digest, mediaType }: Descriptor): UnusableError {
  const text = `has the model in an archive of the type ${JSON.stringify(mediaType)}, which has a digest of its own`
  return new UnusableError('unusable-layer', pathOf(digest), text)
}

function toDigestProblem(
  { layout }: BlobStore,
  { manifestPath, name }: LayeredModel,
  layer: Descriptor,
): ScanProblem {
  const text = `declares a digest that is not a SHA-256: ${layer.digest}`
  return { kind: 'unusable-digest', layout, path: manifestPath, text, model: name }
}
