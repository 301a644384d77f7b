import { basename, join } from 'node:path'
import type { Candidate, Companion, ScanItem } from '../../candidate/candidate.ts'
import { toCandidateId } from '../../candidate/candidate-id.ts'
import { toScanProblem, UnusableError } from '../../candidate/scan-problem.ts'
import { singleModels } from '../../directories/file-models.ts'
import type { DirectoryListing, FoundEntry } from '../../disk/entries.ts'
import type { StoreReader } from '../../disk/store-reader.ts'
import { type DirectoryFiles, filesOf } from '../../files/directory-files.ts'
import { isWeights, stemOf } from '../../files/file-names.ts'
import type { Statement } from '../../statements/statement.ts'
import { toItem } from '../../store/items.ts'
import type { Layout } from '../../store/layout.ts'
import { toHubSource } from './hub-repository.ts'
import { byName, checkSizes, findAbsent, type NamedFile, readManifests, titleOf } from './llama-cpp-files.ts'
import { isManifestName, type LlamaManifest, readRecord } from './llama-cpp-records.ts'

const LAYOUT = 'llama.cpp'

/**
 * The cache that llama.cpp had before it took over that of the hub: GGUF files side by side, with manifests and
 * etags. Source: https://github.com/ggml-org/llama.cpp/blob/b6500/common/arg.cpp
 */
export const llamaCpp: Layout = {
  name: LAYOUT,
  isFlat: true,
  recognises: async (directory, reader) => {
    const isOwn = (name: string): boolean => isManifestName(name) || name.endsWith('.gguf.etag')
    if (directory.names.some(({ name }) => isOwn(name))) return true
    // Other tools keep files of this name too.
    const old = directory.names.find(
      ({ name }) => name.endsWith('.gguf.json') && directory.has(name.slice(0, -5)),
    )
    if (old === undefined) return false
    const record = await readRecord(directory, old.name.slice(0, -5), reader).catch(() => undefined)
    return record?.source !== undefined
  },
  async *scan(directory, reader) {
    const { manifests, items } = await readManifests(directory, reader)
    yield* items
    const named = byName(manifests)
    const all = await filesOf(directory, { reader, wants: (name) => isWeights(name) })
    yield* findAbsent(directory, named)
    const models = await modelsOf(directory, reader, { named, all: checkSizes(all, named) })
    for (const item of models) yield await describe(item, { directory, reader, named })
  },
}

async function modelsOf(
  directory: DirectoryListing,
  reader: StoreReader,
  { named, all }: { readonly named: ReadonlyMap<string, NamedFile>; readonly all: DirectoryFiles },
): Promise<readonly ScanItem[]> {
  const statementOf = (path: string, found: FoundEntry): Promise<Statement> =>
    stateOf(path, found, { directory, reader, named })
  const options = { layout: LAYOUT, store: directory.path, names: [], statementOf } as const
  return await singleModels({ ...options, directory, reader }, all)
}

interface Cache {
  readonly directory: DirectoryListing
  readonly reader: StoreReader
  readonly named: ReadonlyMap<string, NamedFile>
}

/** The manifest speaks of the first shard only; an etag, of its own file. */
async function stateOf(
  path: string,
  found: FoundEntry,
  { directory, reader, named }: Cache,
): Promise<Statement> {
  const { file, manifests } = named.get(path) ?? {}
  const [manifest] = manifests ?? []
  const stated =
    file?.digest === undefined || manifest === undefined
      ? undefined
      : ({ digest: file.digest, origin: 'hub', declaredIn: manifest.path } as const)
  try {
    const recorded = (await readRecord(directory, path, reader))?.declared
    if (stated !== undefined && recorded !== undefined && stated.digest !== recorded.digest) {
      throw new UnusableError(
        'unusable-digest',
        found.path,
        'has one digest in its manifest and another in its etag',
      )
    }
    return { declared: stated ?? recorded }
  } catch (error) {
    return { problem: toScanProblem(error, LAYOUT) }
  }
}

/** The names and the source that manifests give to a model. */
async function describe(item: ScanItem, { directory, reader, named }: Cache): Promise<ScanItem> {
  if (item.kind === 'problem') return item
  const { candidate } = item
  const file = candidate.files?.[0]?.path ?? basename(candidate.location)
  const { manifests = [], file: known } = named.get(file) ?? {}
  const [manifest, ...others] = manifests
  if (manifest === undefined || known === undefined) {
    const source = (await readRecord(directory, file, reader).catch(() => undefined))?.source
    return toItem({ ...candidate, companions: [], ...(source !== undefined && { source }) })
  }
  const isModel = manifest.model.name === file
  const suffix = isModel ? '' : `/${known.path}`
  return toItem({
    ...candidate,
    id: toCandidateId(LAYOUT, [manifest.repository, stemOf(withoutNumbers(known.path, candidate))]),
    name: titleOf(manifest) + suffix,
    otherNames: others.map((other) => titleOf(other) + suffix),
    source: toHubSource(manifest.repository, known.path, undefined),
    companions: isModel ? await companionsOf(manifest, directory, reader) : [],
  })
}

/** A set of shards has the name without their numbers. */
function withoutNumbers(path: string, { files }: Candidate): string {
  return files === undefined ? path : path.replace(/-\d+-of-\d+(?=\.gguf$)/u, '')
}

async function companionsOf(
  { projector }: LlamaManifest,
  directory: DirectoryListing,
  reader: StoreReader,
): Promise<readonly Companion[]> {
  if (projector === undefined) return []
  const found = await reader.find(join(directory.path, projector.name)).catch(() => undefined)
  return found === undefined ? [] : [{ path: found.realPath, role: 'projector', sizeBytes: found.sizeBytes }]
}
