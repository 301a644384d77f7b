import { join } from 'node:path'
import type { BlobStore } from '../../blobs/layered-models.ts'
import { readManifestTree } from '../../blobs/manifest-tree.ts'
import { type Descriptor, REF_NAME, readMediaType } from '../../blobs/registry-manifest.ts'
import type { ScanItem } from '../../candidate/candidate.ts'
import { orUnusable } from '../../candidate/or-unusable.ts'
import { UnusableError } from '../../candidate/scan-problem.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { createFindings, type Findings } from '../../store/findings.ts'
import type { Layout } from '../../store/layout.ts'
import { addManifestTree } from './oci.ts'

const LINK_BYTES = 256
const DIGEST = /^sha256:[0-9a-f]{64}$/u
/** A repository of a registry has few segments. */
const MAX_DEPTH = 8

/**
 * The directory `docker/registry/v2` of a registry, which modctl keeps too: blobs, and for each tag of a
 * repository a file with the digest of its manifest.
 */
export const ociRegistry: Layout = {
  name: 'oci',
  async recognises(directory, reader) {
    if (!directory.has('blobs', 'directory') || !directory.has('repositories', 'directory')) return false
    // Empty directories of these names hide no other models.
    const repositories = await orUnusable(() => reader.list(join(directory.path, 'repositories')))
    return repositories instanceof UnusableError || repositories.names.length > 0
  },
  scan,
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'oci', store: root.path })
  const store: BlobStore = { layout: 'oci', reader, pathOf: (digest) => pathOf(root.path, digest) }
  for await (const { name, path } of findRepositories(join(root.path, 'repositories'), {
    reader,
    findings,
  })) {
    const descriptors = await readTags({ store, path, findings })
    await addManifestTree(store, await readManifestTree(store, descriptors), { repository: name, findings })
    await tellUploads(join(path, '_uploads'), reader, findings)
  }
  yield* findings.toItems()
}

function pathOf(root: string, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':')
  return join(root, 'blobs', algorithm, hex.slice(0, 2), hex, 'data')
}

interface Repository {
  readonly name: string
  readonly path: string
}

async function* findRepositories(
  directory: string,
  context: { readonly reader: StoreReader; readonly findings: Findings },
  above: readonly string[] = [],
): AsyncGenerator<Repository> {
  const { reader, findings } = context
  const listing = await findings.attempt(undefined, () => reader.list(directory))
  if (listing === undefined) return
  if (listing.has('_manifests', 'directory')) yield { name: above.join('/'), path: directory }
  if (above.length === MAX_DEPTH) return
  for (const { name, kind } of listing.names) {
    if (kind !== 'directory' || name.startsWith('_') || name.startsWith('.')) continue
    yield* findRepositories(join(directory, name), context, [...above, name])
  }
}

/** A descriptor for each tag. The registry states no sizes: those of the files count. */
async function readTags({
  store: { reader, pathOf: blobOf },
  path,
  findings,
}: {
  readonly store: BlobStore
  readonly path: string
  readonly findings: Findings
}): Promise<readonly Descriptor[]> {
  const tags = await findings.attempt(undefined, () => reader.list(join(path, '_manifests', 'tags')))
  const descriptors: Descriptor[] = []
  for (const { name: tag } of tags?.names ?? []) {
    const link = join(path, '_manifests', 'tags', tag, 'current', 'link')
    const descriptor = await findings.attempt(tag, async () => {
      const digest = (await reader.readText(link, LINK_BYTES)).trim()
      if (!DIGEST.test(digest)) throw new UnusableError('broken-manifest', link, 'is not a digest')
      const { sizeBytes: size } = await reader.file(blobOf(digest))
      const mediaType = await readMediaType(reader, blobOf(digest))
      return { mediaType, digest, size, annotations: { [REF_NAME]: tag } }
    })
    if (descriptor !== undefined) descriptors.push(descriptor)
  }
  return descriptors
}

async function tellUploads(path: string, reader: StoreReader, findings: Findings): Promise<void> {
  const uploads = await findings.attempt(undefined, async () =>
    (await reader.find(path)) === undefined ? undefined : await reader.list(path),
  )
  for (const { name } of uploads?.names ?? []) {
    findings.tell({ kind: 'incomplete', path: join(path, name), text: 'is an unfinished upload' })
  }
}
