import { join } from 'node:path'
import { toSource } from '../blobs/model-source.ts'
import type { CandidateFile, Companion, DeclaredDigest } from '../candidate/candidate.ts'
import { parseSha256 } from '../candidate/digest-text.ts'
import type { NamedModel } from '../candidate/named-model.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { FoundEntry } from '../disk/entries.ts'
import { joinBelow } from '../disk/paths-below.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { type RamalamaFile, type RamalamaRef, toHashName } from './ramalama-ref.ts'

/** A model directory: `store/<source>/<organisation>/<name>`. */
export interface RamalamaModel {
  readonly directory: string
  /** `huggingface`, `ollama`, `url` … */
  readonly origin: string
  /** What follows it. */
  readonly names: readonly string[]
}

/** One tag of it. */
export interface RamalamaTag extends RamalamaModel {
  readonly tag: string
  readonly refPath: string
  readonly ref: RamalamaRef
}

/** For other sources the hash is that of a name, and for other files it may be the id of a git blob. */
const DIGEST_ORIGINS = new Map<string, DeclaredDigest['origin']>([
  ['hf', 'hub'],
  ['huggingface', 'hub'],
  ['ollama', 'registry'],
])
const WEIGHTS_TYPES: ReadonlySet<string> = new Set(['gguf', 'safetensor', 'mmproj'])
const DEFAULT_TAG = 'latest'

interface TagFile {
  readonly file: RamalamaFile
  readonly found: FoundEntry
}

/** The models of a tag: a GGUF file, a projector, or all files of a safetensors model as one. */
export async function findTagModels(reader: StoreReader, tag: RamalamaTag): Promise<readonly NamedModel[]> {
  const { files } = tag.ref
  const weights = files.filter(({ type }) => type === 'gguf' || type === 'safetensor')
  const [only] = weights
  if (only === undefined) throw new UnusableError('no-weights', tag.refPath, 'names no file with weights')
  if (weights.length > 1 || only.type === 'safetensor') return [await toDirectoryModel(reader, tag)]
  const model = await toFileModel(reader, tag, only)
  const beside = await findBeside(reader, tag)
  const projectors = beside.files.filter(({ file }) => file.type === 'mmproj')
  return [
    { ...model, companions: beside.companions, problems: [...model.problems, ...beside.problems] },
    ...projectors.map((each) => withSuffix(toModel(tag, each), each.file)),
  ]
}

async function toFileModel(reader: StoreReader, tag: RamalamaTag, file: RamalamaFile): Promise<NamedModel> {
  return toModel(tag, { file, found: await findFile(reader, tag, file) })
}

function toModel(tag: RamalamaTag, { file, found }: TagFile): NamedModel {
  const declared = declare(tag, file, found)
  return {
    ...toNames(tag, found.realPath),
    location: found.realPath,
    sizeBytes: found.sizeBytes,
    ...(declared !== undefined && { declared }),
    companions: [],
    problems: declared === undefined ? [toDigestProblem(tag)] : [],
  }
}

function withSuffix(model: NamedModel, { name }: RamalamaFile): NamedModel {
  return { ...model, name: `${model.name} ${name}`, idNames: [...model.idNames, 'projector'] }
}

/** The blobs have no names that a runtime could find them by; their links in the snapshot have. */
async function toDirectoryModel(reader: StoreReader, tag: RamalamaTag): Promise<NamedModel> {
  const location = join(tag.directory, 'snapshots', tag.ref.snapshot)
  const files: CandidateFile[] = []
  let hasLinks = false
  for (const file of tag.ref.files) {
    const found = await reader.file(pathIn(location, tag, file))
    hasLinks ||= found.realPath !== found.path
    const declared = declare(tag, file, found)
    files.push({ path: file.name, sizeBytes: found.sizeBytes, ...(declared !== undefined && { declared }) })
  }
  const isDeclared = files.some(({ declared }) => declared !== undefined)
  return {
    ...toNames(tag, location),
    location,
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(hasLinks && { linksInto: tag.directory }),
    companions: [],
    problems: isDeclared ? [] : [toDigestProblem(tag)],
  }
}

interface Beside {
  readonly files: readonly TagFile[]
  readonly companions: readonly Companion[]
  readonly problems: readonly ScanProblem[]
}

/** What belongs to a GGUF file. */
async function findBeside(reader: StoreReader, tag: RamalamaTag): Promise<Beside> {
  const files: TagFile[] = []
  const problems: ScanProblem[] = []
  for (const file of tag.ref.files) {
    if (file.type === 'gguf') continue
    try {
      files.push({ file, found: await findFile(reader, tag, file) })
    } catch (error) {
      problems.push(toScanProblem(error, 'ramalama', toShownName(tag)))
    }
  }
  return { files, companions: files.map(toCompanion), problems }
}

function toCompanion({ file: { type }, found: { realPath, sizeBytes } }: TagFile): Companion {
  const roles: Readonly<Record<string, Companion['role']>> = {
    chat_template: 'template',
    mmproj: 'projector',
  }
  return { path: realPath, role: roles[type] ?? 'other', sizeBytes }
}

/** The blob of a file; for old refs, which state no hashes, what the snapshot's link leads to. */
async function findFile(reader: StoreReader, tag: RamalamaTag, file: RamalamaFile): Promise<FoundEntry> {
  const link = pathIn(join(tag.directory, 'snapshots', tag.ref.snapshot), tag, file)
  if (file.hash === undefined) return await reader.file(link)
  return await reader.file(join(tag.directory, 'blobs', toHashName(file.hash)))
}

function pathIn(snapshot: string, { refPath }: RamalamaTag, { name }: RamalamaFile): string {
  const path = joinBelow(snapshot, name)
  if (path !== undefined) return path
  throw new UnusableError(
    'broken-manifest',
    refPath,
    `names a file out of the model: ${JSON.stringify(name)}`,
  )
}

function declare(tag: RamalamaTag, file: RamalamaFile, found: FoundEntry): DeclaredDigest | undefined {
  const origin = DIGEST_ORIGINS.get(tag.origin)
  if (origin === undefined || !WEIGHTS_TYPES.has(file.type)) return undefined
  if (file.hash === undefined) {
    const digest = parseSha256(/(sha256-[0-9a-f]{64})$/u.exec(found.realPath)?.[1])
    return digest === undefined ? undefined : { digest, origin: 'name', declaredIn: found.realPath }
  }
  const digest = parseSha256(file.hash)
  return digest === undefined ? undefined : { digest, origin, declaredIn: tag.refPath }
}

function toDigestProblem(tag: RamalamaTag): ScanProblem {
  const text = `has hashes that are not digests of the bytes, as the source is ${JSON.stringify(tag.origin)}`
  return { kind: 'unusable-digest', layout: 'ramalama', path: tag.refPath, text, model: toShownName(tag) }
}

/** As the tool shows it. */
export function toShownName({ origin, names, tag }: RamalamaModel & { readonly tag: string }): string {
  return `${origin}://${names.join('/')}${tag === DEFAULT_TAG ? '' : `:${tag}`}`
}

function toNames(tag: RamalamaTag, path: string): Pick<NamedModel, 'name' | 'idNames' | 'source'> {
  const names = tag.names.join('/')
  const isDefault = tag.tag === DEFAULT_TAG
  return {
    name: toShownName(tag),
    idNames: [tag.origin, ...tag.names, ...(isDefault ? [] : [tag.tag])],
    source: toSource(toReference(tag, names), path),
  }
}

function toReference({ origin, tag }: RamalamaTag, names: string): string | undefined {
  if (origin === 'huggingface' || origin === 'hf') return `hf:${names}`
  if (origin === 'ollama') return `oci://registry.ollama.ai/${names}:${tag}`
  return origin === 'https' || origin === 'http' ? `${origin}://${names}` : undefined
}
