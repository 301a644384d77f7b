import { join } from 'node:path'
import type { ScanItem } from '../../candidate/candidate.ts'
import { orUnusable } from '../../candidate/or-unusable.ts'
import { UnusableError } from '../../candidate/scan-problem.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { createFindings } from '../../store/findings.ts'
import type { Layout } from '../../store/layout.ts'
import { tellPartials } from '../../store/partials.ts'
import { addModels } from './ollama-models.ts'
import { findManifests } from './ollama-names.ts'

/** `sha256-…-partial` is of full length from the start; `-partial-0` and others say how far it is. */
const PARTIAL = /^(sha256[-:][0-9a-f]{64})(?:-partial(?:-\d+)?|\.tmp.*|-tmp.*)$/u

/** The models of Ollama: manifests at `host/namespace/model/tag`, blobs named by their digests. */
export const ollama: Layout = {
  name: 'ollama',
  async recognises(directory, reader) {
    if (!isDirectory(directory, 'manifests') || !isDirectory(directory, 'blobs')) return false
    // Empty directories of these names hide no other models.
    const [manifests, blobs] = await Promise.all(
      ['manifests', 'blobs'].map((name) => orUnusable(() => reader.list(join(directory.path, name)))),
    )
    if (manifests instanceof UnusableError || blobs instanceof UnusableError) return true
    return [manifests, blobs].some((listing) => listing !== undefined && listing.names.length > 0)
  },
  scan,
}

function isDirectory(directory: DirectoryListing, name: string): boolean {
  return directory.has(name, 'directory') || directory.has(name, 'link')
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'ollama', store: root.path })
  const blobs = await findings.attempt(undefined, async () => {
    const path = join(root.path, 'blobs')
    return await reader.list((await reader.find(path))?.realPath ?? path)
  })
  if (blobs !== undefined) {
    for await (const named of findManifests(join(root.path, 'manifests'), reader, findings)) {
      await findings.attempt(named.name, () => addModels({ reader, blobs, findings }, named))
    }
    tellPartials(blobs, PARTIAL, findings)
  }
  yield* findings.toItems()
}
