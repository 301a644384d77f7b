import { basename, join } from 'node:path'
import type { BlobStore } from '../../blobs/layered-models.ts'
import { type FoundManifest, type ManifestTree, readManifestTree } from '../../blobs/manifest-tree.ts'
import { parseRegistryName } from '../../blobs/model-source.ts'
import { readIndex } from '../../blobs/registry-manifest.ts'
import type { ScanItem } from '../../candidate/candidate.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { createFindings, type Findings } from '../../store/findings.ts'
import type { Layout } from '../../store/layout.ts'
import { addLayeredModels, toBlobPath, toIdNames, toShortDigest } from './layered-store.ts'

/**
 * An OCI image layout with models in it.
 * Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export const oci: Layout = {
  name: 'oci',
  recognises: (directory) => directory.has('oci-layout') && directory.has('blobs'),
  scan,
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'oci', store: root.path })
  const store: BlobStore = { layout: 'oci', reader, pathOf: (digest) => toBlobPath(root.path, digest) }
  const descriptors = await findings.attempt(undefined, () =>
    readIndex(reader, join(root.path, 'index.json')),
  )
  const tree = await readManifestTree(store, descriptors ?? [])
  await addManifestTree(store, tree, { repository: basename(root.path), findings })
  yield* findings.toItems()
}

/** What the names in an index belong to. */
export interface TreeOwner {
  /** What a tag alone is a tag of. */
  readonly repository: string
  readonly findings: Findings
}

/** Adds the models of all manifests that were found. */
export async function addManifestTree(
  store: BlobStore,
  { manifests, failures }: ManifestTree,
  owner: TreeOwner,
): Promise<void> {
  for (const { kind, path, message } of failures) owner.findings.tell({ kind, path, text: message })
  const counts = new Map<string, number>()
  for (const name of manifests.flatMap((found) => namesOf(found, owner)))
    counts.set(name, (counts.get(name) ?? 0) + 1)
  for (const found of manifests) {
    // Several manifests may have one name, as one for each platform.
    const names = namesOf(found, owner).map((name) =>
      counts.get(name) === 1 ? name : `${name}-${toShortDigest(found.digest)}`,
    )
    await addModel(store, { ...found, names }, owner)
  }
}

async function addModel(
  store: BlobStore,
  found: FoundManifest & { readonly names: readonly string[] },
  { findings, repository }: TreeOwner,
): Promise<void> {
  const { manifest, path: manifestPath } = found
  const [name = repository, ...aliases] = found.names
  const reference = parseRegistryName(name) === undefined ? undefined : name
  await addLayeredModels(
    store,
    { manifest, manifestPath, name, idNames: toIdNames(name), aliases, reference },
    findings,
  )
}

/** A whole reference stands for itself; a tag is one of the repository. */
function namesOf({ refNames, digest }: FoundManifest, { repository }: TreeOwner): readonly string[] {
  if (refNames.size === 0) return [`${repository}:${toShortDigest(digest)}`]
  const names = [...refNames].map((name) => (/[/:]/u.test(name) ? name : `${repository}:${name}`))
  return names.sort()
}
