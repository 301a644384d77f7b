import { basename, dirname, isAbsolute, join, parse } from 'node:path'
import { findShards } from 'model-catalog'
import { z } from 'zod'
import { toFileModel } from '../blobs/blob-file.ts'
import { toSource } from '../blobs/model-source.ts'
import type { CandidateFile } from '../candidate/candidate.ts'
import type { NamedModel } from '../candidate/named-model.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing } from '../disk/entries.ts'
import { joinBelow } from '../disk/paths-below.ts'
import { readYaml } from '../disk/read-yaml.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { findMissingShards } from '../files/missing-files.ts'
import type { Findings } from '../store/findings.ts'
import { toHubSource } from './hub/hub-repository.ts'

/** The store of one root. */
export interface CortexStore {
  /** The directory `models`. */
  readonly root: DirectoryListing
  readonly reader: StoreReader
  readonly findings: Findings
}

/** A description, and where it is. */
interface Described {
  /** The name of its file. */
  readonly name: string
  /** The names that lead to its directory. */
  readonly names: readonly string[]
  /** Gets the names of the files in its directory that belong to the model. */
  readonly described: Set<string>
}

const WHOLE_DIRECTORY = 'model'
/** What a description that was not used yet leaves out. */
const DEFAULT_FILE = 'model.gguf'
const descriptionSchema = z.object({
  model: z.string().nullish(),
  files: z.array(z.string().min(1)).nullish(),
})
type Description = z.infer<typeof descriptionSchema>

export function isDescriptionName(name: string): boolean {
  return /\.ya?ml$/u.test(name)
}

/** Whether a file is the description of a model. Other programs write YAML too. */
export async function isDescription(reader: StoreReader, path: string): Promise<boolean> {
  const description = await orUnusable(() => readYaml(reader, path, descriptionSchema))
  return !(description instanceof UnusableError) && describesModel(description)
}

function describesModel({ model, files }: Description): boolean {
  return Boolean(model) || (files ?? []).length > 0
}

/** The model of a description; undefined if it describes none. Of a set of shards it names the first. */
export async function describedModel(
  { root, reader }: CortexStore,
  directory: DirectoryListing,
  { name, names, described }: Described,
): Promise<NamedModel | undefined> {
  const descriptionPath = join(directory.path, name)
  const description = await readYaml(reader, descriptionPath, descriptionSchema)
  if (!describesModel(description)) return undefined
  const { model, files } = description
  const [path = join(directory.path, DEFAULT_FILE)] = (files ?? []).map((file) =>
    toAbsolute(root, file, descriptionPath),
  )
  const stem = parse(name).name
  const idNames = stem === WHOLE_DIRECTORY ? names : [...names, stem]
  const own = { name: model || idNames.join('/'), idNames, source: sourceOf(names, path) }
  const shards = await shardsOf(reader, path)
  const isBeside = dirname(path) === directory.path
  if (isBeside) for (const shard of shards ?? [basename(path)]) described.add(shard)
  if (shards === undefined) return toFileModel(await reader.file(path), undefined, own)
  return await toShardedModel(reader, { path, shards }, own)
}

/** A path is relative to the data folder, or absolute for a file that was imported. */
function toAbsolute(root: DirectoryListing, file: string, descriptionPath: string): string {
  const absolute = isAbsolute(file) ? file : joinBelow(dirname(root.path), file.replaceAll('\\', '/'))
  if (absolute !== undefined) return absolute
  const text = `names a file out of the data folder: ${JSON.stringify(file)}`
  throw new UnusableError('broken-manifest', descriptionPath, text)
}

/** The names of all files of the set that a file belongs to; undefined if it is a model by itself. */
async function shardsOf(reader: StoreReader, path: string): Promise<readonly string[] | undefined> {
  const own = basename(path)
  if (!/-\d+-of-\d+\./u.test(own)) return undefined
  const listing = await reader.list(dirname(path))
  const set = findShards(listing.names.map(({ name }) => name)).find(({ paths }) => paths.includes(own))
  return set?.paths
}

async function toShardedModel(
  reader: StoreReader,
  { path, shards }: { readonly path: string; readonly shards: readonly string[] },
  own: Pick<NamedModel, 'name' | 'idNames' | 'source'>,
): Promise<NamedModel> {
  const location = dirname(path)
  const missing = findMissingShards(shards)
  if (missing !== undefined) throw new UnusableError('incomplete', location, missing)
  const files: CandidateFile[] = []
  let hasLinks = false
  for (const shard of [...shards].sort()) {
    const found = await reader.file(join(location, shard))
    hasLinks ||= found.realPath !== found.path
    files.push({ path: shard, sizeBytes: found.sizeBytes })
  }
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const links = hasLinks ? { linksInto: reader.root } : {}
  return { ...own, ...links, location, files, sizeBytes, companions: [], problems: [] }
}

/** What comes from the hub lies below owner and repository. */
function sourceOf([host, owner, repository]: readonly string[], path: string): string {
  const isOfHub = host === 'huggingface.co' && owner !== undefined && repository !== undefined
  return isOfHub
    ? toHubSource(`${owner}/${repository}`, basename(path), undefined)
    : toSource(undefined, path)
}
