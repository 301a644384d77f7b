import { join } from 'node:path'
import type { BlobStore } from '../../blobs/layered-models.ts'
import { readManifestTree } from '../../blobs/manifest-tree.ts'
import { readIndex } from '../../blobs/registry-manifest.ts'
import type { ScanItem } from '../../candidate/candidate.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { createFindings, type Findings } from '../../store/findings.ts'
import type { Layout } from '../../store/layout.ts'
import { toBlobPath } from './layered-store.ts'
import { addManifestTree } from './oci.ts'

const INDEX = /^([A-Za-z0-9_-]+={0,2})-index\.json$/u
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9._:-]*(?:\/[A-Za-z0-9._-]+)+$/u
/** What the tool calls models that were packed here. */
const LOCAL = /^localhost\//u

/** The storage of KitOps: blobs, and an index for each repository, whose name is that of the file in base64url. */
export const kitops: Layout = {
  name: 'kitops',
  recognises: (directory) => directory.has('blobs') && indexesOf(directory).length > 0,
  scan,
}

interface RepositoryIndex {
  readonly file: string
  readonly repository: string
}

function indexesOf({ names }: DirectoryListing): readonly RepositoryIndex[] {
  return names.flatMap(({ name: file }) => {
    const [, encoded] = INDEX.exec(file) ?? []
    const repository = encoded === undefined ? '' : Buffer.from(encoded, 'base64url').toString()
    return REPOSITORY.test(repository) ? [{ file, repository }] : []
  })
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'kitops', store: root.path })
  const store: BlobStore = { layout: 'kitops', reader, pathOf: (digest) => toBlobPath(root.path, digest) }
  for (const { file, repository } of indexesOf(root)) {
    const path = join(root.path, file)
    const descriptors = await findings.attempt(repository, () => readIndex(reader, path))
    const tree = await readManifestTree(store, descriptors ?? [])
    await addManifestTree(store, tree, { repository: repository.replace(LOCAL, ''), findings })
  }
  if (root.has('ingest')) await tellIngests(join(root.path, 'ingest'), reader, findings)
  yield* findings.toItems()
}

async function tellIngests(path: string, reader: StoreReader, findings: Findings): Promise<void> {
  const ingest = await findings.attempt(undefined, () => reader.list(path))
  for (const { name } of ingest?.names ?? []) {
    findings.tell({ kind: 'incomplete', path: join(path, name), text: 'is an unfinished download' })
  }
}
