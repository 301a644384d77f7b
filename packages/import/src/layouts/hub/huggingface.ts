import { basename, join } from 'node:path'
import type { Candidate, ScanItem } from '../../candidate/candidate.ts'
import type { DirectoryListing } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { orProblem, toItem, toProblemItem } from '../../store/items.ts'
import type { Layout } from '../../store/layout.ts'
import {
  type HubRepository,
  type HubRevision,
  listIfThere,
  parseRepositoryName,
  readRevisions,
  revisionName,
} from './hub-repository.ts'
import { labelOf, modelsOfSnapshot } from './hub-snapshot.ts'

const FOLDER = /^(?:models|datasets|spaces|kernels)--./u
const PARTS = ['blobs', 'refs', 'snapshots']
const PARTIAL = /\.(?:incomplete|downloadInProgress)$/u

/**
 * The cache of the Hugging Face client, which llama.cpp, vLLM and others use too. Each repository is
 * recognised by itself, as people keep other models beside them. Data sets and spaces are left out.
 * Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export const huggingface: Layout = {
  name: 'huggingface',
  recognises: (directory) =>
    FOLDER.test(basename(directory.path)) && PARTS.some((part) => directory.has(part, 'directory')),
  async *scan(directory, reader) {
    const name = parseRepositoryName(basename(directory.path))
    if (name === undefined) return
    yield* await findDownloads({ directory, name }, reader)
    yield* await modelsOfRepository({ directory, name }, reader)
  },
}

async function findDownloads(repository: HubRepository, reader: StoreReader): Promise<readonly ScanItem[]> {
  const blobs = join(repository.directory.path, 'blobs')
  return await orProblem('huggingface', repository.name, async () => {
    const listing: DirectoryListing | undefined = await listIfThere(blobs, reader)
    const partials = listing?.names.filter((each) => PARTIAL.test(each.name)) ?? []
    const common = { kind: 'incomplete', layout: 'huggingface', text: 'is an unfinished download' } as const
    return partials.map((each) =>
      toProblemItem({ ...common, path: join(blobs, each.name), model: repository.name }),
    )
  })
}

async function modelsOfRepository(
  repository: HubRepository,
  reader: StoreReader,
): Promise<readonly ScanItem[]> {
  return await orProblem('huggingface', repository.name, async () => {
    const { revisions, items } = await readRevisions(repository, reader)
    const problems: ScanItem[] = [...items]
    const candidates = new Map<string, Candidate>()
    for (const revision of revisions) {
      for (const item of await modelsOfSnapshot(repository, revision, reader)) {
        if (item.kind === 'candidate')
          addCandidate(candidates, item.candidate, namesByRefs(repository, revision))
        else problems.push(item)
      }
    }
    return [...problems, ...[...candidates.values()].map(toItem)]
  })
}

/** One model for all names that lead to the same blobs. */
function addCandidate(
  candidates: Map<string, Candidate>,
  candidate: Candidate,
  namesOf: (name: string) => readonly string[],
): void {
  const key = keyOf(candidate)
  const same = candidates.get(key)
  const others = namesOf(candidate.name)
  if (same === undefined) candidates.set(key, { ...candidate, otherNames: others })
  else candidates.set(key, { ...same, otherNames: [...same.otherNames, candidate.name, ...others] })
}

/** Equal for models whose links lead to the same blobs. */
function keyOf({ linksInto, files, declared, gitBlobId, location }: Candidate): string {
  if (linksInto === undefined) return location
  if (files === undefined) return declared?.digest ?? gitBlobId ?? location
  const blobs = files.map((file) => [file.path, file.declared?.digest ?? file.gitBlobId])
  return blobs.every(([, blob]) => blob !== undefined)
    ? JSON.stringify(blobs)
    : `${location}/${files[0]?.path}`
}

/** The names of a model by the further refs of its snapshot. */
function namesByRefs(repository: HubRepository, revision: HubRevision): (name: string) => readonly string[] {
  const label = labelOf(repository, revisionName(revision))
  return (name) =>
    revision.refs.slice(1).map((ref) => `${labelOf(repository, ref)}${name.slice(label.length)}`)
}
