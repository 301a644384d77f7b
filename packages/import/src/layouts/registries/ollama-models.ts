import { join } from 'node:path'
import { z } from 'zod'
import { type BlobReference, declareBlob, findBlob, toFileModel } from '../../blobs/blob-file.ts'
import { type CompanionBlob, findCompanions } from '../../blobs/companions.ts'
import { toRegistryReference, toSource } from '../../blobs/model-source.ts'
import {
  type Descriptor,
  MAX_MANIFEST_BYTES,
  type RegistryManifest,
  readManifest,
} from '../../blobs/registry-manifest.ts'
import type { CandidateFile, CompanionRole } from '../../candidate/candidate.ts'
import type { NamedModel } from '../../candidate/named-model.ts'
import { orUnusable } from '../../candidate/or-unusable.ts'
import { UnusableError } from '../../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry } from '../../disk/entries.ts'
import { readJson } from '../../disk/read-json.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import type { Findings } from '../../store/findings.ts'
import type { NamedManifest } from './ollama-names.ts'

const LAYER = 'application/vnd.ollama.image.'
const ROLES: Readonly<Record<string, CompanionRole>> = {
  adapter: 'adapter',
  draft: 'draft',
  license: 'license',
  params: 'configuration',
  projector: 'projector',
  prompt: 'template',
  system: 'template',
  template: 'template',
}
/** Weights of their own, which a runtime loads beside the model. */
const OWN_WEIGHTS = new Set(['adapter', 'draft', 'projector'])
const configSchema = z.object({ remote_host: z.string().nullish(), remote_model: z.string().nullish() })

/** The store of one root. */
export interface OllamaStore {
  readonly reader: StoreReader
  /** Listed once: a store has thousands. */
  readonly blobs: DirectoryListing
  readonly findings: Findings
}

interface Parts extends NamedManifest {
  readonly manifest: RegistryManifest
  readonly byType: ReadonlyMap<string, readonly Descriptor[]>
}

/** The models of one manifest: the model itself, and what it has of other weights. */
export async function addModels(store: OllamaStore, named: NamedManifest): Promise<void> {
  const manifest = await readManifest(store.reader, named.path)
  const byType = groupByType(manifest)
  const parts: Parts = { ...named, manifest, byType }
  for (const type of OWN_WEIGHTS) await addOwnWeights(store, parts, type)
  store.findings.add(await toModel(store, parts))
}

function groupByType({ layers }: RegistryManifest): ReadonlyMap<string, readonly Descriptor[]> {
  const byType = new Map<string, Descriptor[]>()
  for (const layer of layers ?? []) {
    const type = typeOf(layer.mediaType)
    const same = byType.get(type)
    if (same === undefined) byType.set(type, [layer])
    else same.push(layer)
  }
  return byType
}

function typeOf(mediaType: string): string {
  return mediaType.startsWith(LAYER) ? mediaType.slice(LAYER.length) : ''
}

async function toModel(store: OllamaStore, parts: Parts): Promise<NamedModel> {
  const { byType, path, name, idNames } = parts
  // With several the tool serves the last one.
  const served = byType.get('model')?.at(-1)
  if (served === undefined && !byType.has('tensor')) throw await explainNoWeights(store, parts)
  const companions = await findCompanions(store.reader, companionsOf(store, parts, served), {
    layout: 'ollama',
    name,
  })
  if (served === undefined) return { ...(await toTensorModel(store, parts)), ...companions }
  const found = await findLayer(store, served)
  const source = sourceOf(parts, found.realPath)
  return { ...toFileModel(found, declareBlob(served.digest, path), { name, idNames, source }), ...companions }
}

async function addOwnWeights(
  { reader, blobs, findings }: OllamaStore,
  parts: Parts,
  type: string,
): Promise<void> {
  for (const layer of parts.byType.get(type) ?? []) {
    // What is wrong with it is told with the model.
    const found = await orUnusable(() => findBlob(reader, pathOf(blobs, layer), layer))
    if (found instanceof UnusableError) continue
    const named = {
      name: `${parts.name} ${type}`,
      idNames: [...parts.idNames, type],
      source: sourceOf(parts, found.realPath),
    }
    findings.add(toFileModel(found, declareBlob(layer.digest, parts.path), named))
  }
}

/**
 * A safetensors model has one blob for each tensor. No runtime opens a file of it, but its bytes can be proved:
 * it is one model of many files, which are those of `blobs` that its manifest names.
 */
async function toTensorModel(
  store: OllamaStore,
  parts: Parts,
): Promise<Omit<NamedModel, 'companions' | 'problems'>> {
  const { reader, blobs } = store
  const files = new Map<string, CandidateFile>()
  let hasLinks = false
  for (const layer of [...(parts.byType.get('tensor') ?? []), ...(parts.byType.get('json') ?? [])]) {
    const name = nameIn(blobs, layer)
    const found = await findLayer(store, layer)
    hasLinks ||= found.realPath !== found.path
    const declared = declareBlob(layer.digest, parts.path)
    files.set(name, { path: name, sizeBytes: found.sizeBytes, ...(declared !== undefined && { declared }) })
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  return {
    name: parts.name,
    idNames: parts.idNames,
    source: sourceOf(parts, blobs.path),
    location: blobs.path,
    files: sorted,
    sizeBytes: sorted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(hasLinks && { linksInto: reader.root }),
  }
}

function companionsOf(
  { blobs }: OllamaStore,
  { manifest: { config, layers }, byType }: Parts,
  served: Descriptor | undefined,
): readonly CompanionBlob[] {
  const isOfTensors = served === undefined && byType.has('tensor')
  const own = (layers ?? []).filter((layer) => {
    const type = typeOf(layer.mediaType)
    return layer !== served && !(isOfTensors && (type === 'tensor' || type === 'json'))
  })
  return [
    ...(config ? [{ path: pathOf(blobs, config), role: 'configuration' as const, blob: config }] : []),
    ...own.map((layer) => ({
      path: pathOf(blobs, layer),
      role: ROLES[typeOf(layer.mediaType)] ?? ('other' as const),
      blob: layer,
    })),
  ]
}

/** A model that runs elsewhere has a configuration and no weights. */
async function explainNoWeights({ reader, blobs }: OllamaStore, parts: Parts): Promise<UnusableError> {
  const { config } = parts.manifest
  if (!config) return new UnusableError('no-weights', parts.path, 'names no layer with weights')
  const { remote_host: host } = await readJson(
    reader,
    pathOf(blobs, config),
    configSchema,
    MAX_MANIFEST_BYTES,
  )
  const text = host ? `is a model that runs at ${JSON.stringify(host)}` : 'names no layer with weights'
  return new UnusableError('no-weights', parts.path, text)
}

async function findLayer({ reader, blobs }: OllamaStore, layer: Descriptor): Promise<FoundEntry> {
  return await findBlob(reader, pathOf(blobs, layer), layer)
}

function sourceOf(parts: Parts, path: string): string {
  return toSource(toRegistryReference(parts), path)
}

function pathOf(blobs: DirectoryListing, blob: BlobReference): string {
  return join(blobs.path, nameIn(blobs, blob))
}

/** Very old stores have the colon in the names of blobs. */
function nameIn(blobs: DirectoryListing, { digest }: BlobReference): string {
  const name = digest.replace(':', '-')
  return !blobs.has(name) && blobs.has(digest) ? digest : name
}
