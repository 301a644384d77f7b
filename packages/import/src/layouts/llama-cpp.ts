import { basename, join } from 'node:path'
import type { Candidate, Companion, ScanItem } from '../candidate/candidate.ts'
import { toCandidateId } from '../candidate/candidate-id.ts'
import { toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { type DirectoryFiles, filesOf } from './directory-files.ts'
import type { Statement } from './directory-options.ts'
import { singleModels } from './file-models.ts'
import { isWeights, stemOf } from './file-names.ts'
import { toHubSource } from './hub-repository.ts'
import { orProblem, toItem, toProblemItem } from './items.ts'
import type { Layout } from './layout.ts'
import {
  isManifestName,
  type LlamaManifest,
  type ManifestFile,
  readManifest,
  readRecord,
} from './llama-cpp-records.ts'

const LAYOUT = 'llama.cpp'

/** A file that manifests name: by the model of one, or as its projector. */
interface NamedFile {
  readonly file: ManifestFile
  /** The manifests with other tags for the same file come later. */
  readonly manifests: readonly LlamaManifest[]
}

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

async function readManifests(
  directory: DirectoryListing,
  reader: StoreReader,
): Promise<{ readonly manifests: readonly LlamaManifest[]; readonly items: readonly ScanItem[] }> {
  const manifests: LlamaManifest[] = []
  const items: ScanItem[] = []
  for (const { name } of directory.names.filter((each) => isManifestName(each.name))) {
    const failed = await orProblem(LAYOUT, undefined, async () => {
      manifests.push(await readManifest(directory, name, reader))
      return []
    })
    items.push(...failed)
  }
  return { manifests, items }
}

function byName(manifests: readonly LlamaManifest[]): ReadonlyMap<string, NamedFile> {
  const named = new Map<string, NamedFile>()
  for (const manifest of manifests) {
    for (const file of [manifest.model, manifest.projector]) {
      if (file === undefined) continue
      const before = named.get(file.name)
      named.set(file.name, {
        file: before?.file ?? file,
        manifests: [...(before?.manifests ?? []), manifest],
      })
    }
  }
  return named
}

/** What a manifest names and is not there, perhaps as it was moved into the hub's cache. */
function findAbsent(directory: DirectoryListing, named: ReadonlyMap<string, NamedFile>): readonly ScanItem[] {
  return [...named].flatMap(([name, { manifests }]) => {
    const [manifest] = manifests
    if (manifest === undefined || directory.has(name)) return []
    const text = `names ${name}, which does not exist`
    return [
      toProblemItem({
        kind: 'missing-file',
        layout: LAYOUT,
        path: manifest.path,
        text,
        model: titleOf(manifest),
      }),
    ]
  })
}

function checkSizes(all: DirectoryFiles, named: ReadonlyMap<string, NamedFile>): DirectoryFiles {
  const expectedOf = (path: string): number | undefined => named.get(path)?.file.sizeBytes
  const isRight = (path: string, size: number): boolean => (expectedOf(path) ?? size) === size
  const wrong = all.files.filter(({ path, found }) => !isRight(path, found.sizeBytes))
  const broken = wrong.map(({ path, found }) => {
    const text = `has ${found.sizeBytes} bytes, and its manifest says ${expectedOf(path)}`
    return { path, error: new UnusableError('wrong-size', found.path, text) }
  })
  return {
    ...all,
    files: all.files.filter(({ path, found }) => isRight(path, found.sizeBytes)),
    broken: [...all.broken, ...broken],
  }
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

/** As the tool is asked for it. */
function titleOf({ repository, tag }: LlamaManifest): string {
  return `${repository}:${tag}`
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
