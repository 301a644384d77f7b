/** Room `layouts/registries`: stores of blobs and manifests, as registries have them. */

import { join } from 'node:path'
import { z } from 'zod'
import type { BlobStore } from '../../blobs/layered-models.ts'
import { assertDigest, readManifest } from '../../blobs/registry-manifest.ts'
import type { ScanItem } from '../../candidate/candidate.ts'
import { parseSha256 } from '../../candidate/digest-text.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import { readJson } from '../../disk/read-json.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { createFindings, type Findings } from '../../store/findings.ts'
import type { Layout } from '../../store/layout.ts'
import { tellPartials } from '../../store/partials.ts'
import { addLayeredModels, toBlobPath, toIdNames, toShortDigest } from './layered-store.ts'

const PARTIAL = /^([0-9a-f]{64})\.incomplete$/u
const indexSchema = z.object({
  models: z.array(z.object({ id: z.string(), tags: z.array(z.string()).nullish() })).nullish(),
})

/**
 * The models of Docker Model Runner: manifests and blobs named by their digests, and names in `models.json`.
 * `bundles` has further names of the same files and is left out.
 */
export const dockerModelRunner: Layout = {
  name: 'docker-model-runner',
  recognises: (directory) =>
    (directory.has('models.json') || directory.has('layout.json')) &&
    directory.has('blobs') &&
    directory.has('manifests'),
  scan,
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'docker-model-runner', store: root.path })
  const store: BlobStore = {
    layout: 'docker-model-runner',
    reader,
    pathOf: (digest) => toBlobPath(root.path, digest),
  }
  const tagsOf = await readTags(root, reader, findings)
  for (const hex of await listManifests(root, { reader, findings, named: tagsOf.keys() })) {
    await addModel(store, { root, hex, tags: tagsOf.get(hex) ?? [] }, findings)
  }
  const blobs = await findings.attempt(undefined, () => reader.list(join(root.path, 'blobs', 'sha256')))
  if (blobs !== undefined) tellPartials(blobs, PARTIAL, findings)
  yield* findings.toItems()
}

interface OneModel {
  readonly root: DirectoryListing
  /** The digest of its manifest. */
  readonly hex: string
  readonly tags: readonly string[]
}

async function addModel(store: BlobStore, { root, hex, tags }: OneModel, findings: Findings): Promise<void> {
  const [reference, ...others] = [...tags].sort()
  const name = reference === undefined ? toShortDigest(hex) : toShownName(reference)
  const manifestPath = join(root.path, 'manifests', 'sha256', hex)
  const manifest = await findings.attempt(name, async () => {
    await assertDigest(store.reader, manifestPath, `sha256:${hex}`)
    return await readManifest(store.reader, manifestPath)
  })
  if (manifest === undefined) return
  const aliases = others.map(toShownName)
  await addLayeredModels(
    store,
    { manifest, manifestPath, name, idNames: toIdNames(name), aliases, reference },
    findings,
  )
}

/** The tool leaves its own registry out. */
function toShownName(tag: string): string {
  return tag.replace(/^(?:index\.)?docker\.io\//u, '')
}

/** The tags of each manifest. The file is written without a lock: what it lacks is found in `manifests`. */
async function readTags(
  root: DirectoryListing,
  reader: StoreReader,
  findings: Findings,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const tagsOf = new Map<string, readonly string[]>()
  if (!root.has('models.json')) return tagsOf
  const path = join(root.path, 'models.json')
  const index = await findings.attempt(undefined, () => readJson(reader, path, indexSchema))
  for (const { id, tags } of index?.models ?? []) {
    const hex = parseSha256(id)
    if (hex !== undefined) tagsOf.set(hex, tags ?? [])
    else findings.tell({ kind: 'broken-manifest', path, text: 'has an id that is not a digest' })
  }
  return tagsOf
}

async function listManifests(
  root: DirectoryListing,
  { reader, findings, named }: { reader: StoreReader; findings: Findings; named: Iterable<string> },
): Promise<readonly string[]> {
  const manifests = await findings.attempt(undefined, () =>
    reader.list(join(root.path, 'manifests', 'sha256')),
  )
  const listed = (manifests?.names ?? []).flatMap(({ name }) => parseSha256(name) ?? [])
  return [...new Set([...named, ...listed])].sort()
}
