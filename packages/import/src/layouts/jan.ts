import { basename, dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { toFileModel } from '../blobs/blob-file.ts'
import { toSource } from '../blobs/model-source.ts'
import type { Companion, DeclaredDigest, ScanItem } from '../candidate/candidate.ts'
import { parseSha256 } from '../candidate/digest-text.ts'
import type { NamedModel } from '../candidate/named-model.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import { joinBelow } from '../disk/paths-below.ts'
import { readYaml } from '../disk/read-yaml.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import { modelsOfDirectory } from './directory-models.ts'
import { classify } from './file-names.ts'
import { createFindings, type Findings } from './findings.ts'
import type { Layout } from './layout.ts'

const DESCRIPTION = 'model.yml'
/** An id has few segments. */
const MAX_DEPTH = 8
const descriptionSchema = z.object({
  model_path: z.string().min(1),
  name: z.string().nullish(),
  mmproj_path: z.string().min(1).nullish(),
  model_sha256: z.string().nullish(),
  model_size_bytes: z.number().int().nonnegative().nullish(),
  mmproj_sha256: z.string().nullish(),
  mmproj_size_bytes: z.number().int().nonnegative().nullish(),
})

/** The directory `llamacpp` in the data folder of Jan: below `models` a `model.yml` for each model. */
export const jan: Layout = {
  name: 'jan',
  async recognises(directory, reader) {
    if (basename(directory.path) !== 'llamacpp' || !directory.has('models', 'directory')) return false
    return await hasDescription(join(directory.path, 'models'), reader, 0)
  },
  scan,
}

async function hasDescription(path: string, reader: StoreReader, depth: number): Promise<boolean> {
  const listing = await orUnusable(() => reader.list(path))
  if (listing instanceof UnusableError) return false
  if (listing.has(DESCRIPTION)) return true
  if (depth === MAX_DEPTH) return false
  for (const { name, kind } of listing.names) {
    if (kind === 'directory' && (await hasDescription(join(path, name), reader, depth + 1))) return true
  }
  return false
}

interface JanStore {
  readonly root: DirectoryListing
  readonly reader: StoreReader
  readonly findings: Findings
}

async function* scan(root: DirectoryListing, reader: StoreReader): AsyncGenerator<ScanItem> {
  const findings = createFindings({ layout: 'jan', store: root.path })
  yield* walk({ root, reader, findings }, join(root.path, 'models'), [])
  yield* findings.toItems()
}

async function* walk(store: JanStore, path: string, names: readonly string[]): AsyncGenerator<ScanItem> {
  const { root, reader, findings } = store
  const listing = await findings.attempt(undefined, () => reader.list(path))
  if (listing === undefined) return
  if (listing.has(DESCRIPTION)) {
    const models = await findings.attempt(names.join('/'), () => describedModels(store, listing, names))
    findings.add(...(models ?? []))
    tellPartials(listing, names, findings)
  } else {
    const { items, isModel } = await modelsOfDirectory(listing, reader, {
      layout: 'jan',
      store: root.path,
      names,
    })
    yield* items
    if (isModel) return
  }
  if (names.length === MAX_DEPTH) return
  for (const { name, kind } of listing.names) {
    if (kind === 'directory') yield* walk(store, join(path, name), [...names, name])
  }
}

function tellPartials({ path, names }: DirectoryListing, id: readonly string[], findings: Findings): void {
  for (const { name } of names) {
    if (classify(name) !== 'partial') continue
    const text = 'is an unfinished download'
    findings.tell({ kind: 'incomplete', path: join(path, name), text, model: id.join('/') })
  }
}

/** One file that a description names. */
interface DescribedFile {
  readonly path: string
  readonly sizeBytes: number | null | undefined
  readonly sha256: string | null | undefined
}

async function describedModels(
  store: JanStore,
  directory: DirectoryListing,
  names: readonly string[],
): Promise<readonly NamedModel[]> {
  const descriptionPath = join(directory.path, DESCRIPTION)
  const description = await readYaml(store.reader, descriptionPath, descriptionSchema)
  const { model_path, model_size_bytes, model_sha256, mmproj_path } = description
  const own = { path: model_path, sizeBytes: model_size_bytes, sha256: model_sha256 }
  const model = await toModel(store, own, { descriptionPath, names })
  const aliases = description.name && description.name !== model.name ? [description.name] : []
  if (!mmproj_path) return [{ ...model, aliases }]
  const { mmproj_size_bytes, mmproj_sha256 } = description
  const beside = { path: mmproj_path, sizeBytes: mmproj_size_bytes, sha256: mmproj_sha256 }
  try {
    const projector = await toModel(store, beside, { descriptionPath, names: [...names, 'projector'] })
    return [{ ...model, aliases, companions: [toCompanion(projector)] }, projector]
  } catch (error) {
    const problems = [...model.problems, toScanProblem(error, 'jan', model.name)]
    return [{ ...model, aliases, problems }]
  }
}

function toCompanion({ location, sizeBytes }: NamedModel): Companion {
  return { path: location, role: 'projector', sizeBytes }
}

async function toModel(
  store: JanStore,
  file: DescribedFile,
  { descriptionPath, names }: { readonly descriptionPath: string; readonly names: readonly string[] },
): Promise<NamedModel> {
  const found = await findFile(store, file, descriptionPath)
  const declared = declare(file, descriptionPath)
  const name = names.join('/')
  const model = toFileModel(found, declared, {
    name,
    idNames: names,
    source: toSource(undefined, found.realPath),
  })
  const isUnusable = file.sha256 && declared === undefined
  return isUnusable ? { ...model, problems: [toDigestProblem(descriptionPath, name)] } : model
}

/** A path is relative to the data folder, or absolute for a file that was imported. */
async function findFile(
  { root, reader }: JanStore,
  { path, sizeBytes }: DescribedFile,
  descriptionPath: string,
): Promise<FoundEntry> {
  const absolute = isAbsolute(path) ? path : joinBelow(dirname(root.path), path)
  if (absolute === undefined) {
    const text = `names a file out of the data folder: ${JSON.stringify(path)}`
    throw new UnusableError('broken-manifest', descriptionPath, text)
  }
  const found = await reader.file(absolute)
  if (typeof sizeBytes !== 'number' || sizeBytes === found.sizeBytes) return found
  const text = `has ${found.sizeBytes} bytes, and ${DESCRIPTION} says ${sizeBytes}`
  throw new UnusableError('wrong-size', absolute, text)
}

function declare({ sha256 }: DescribedFile, declaredIn: string): DeclaredDigest | undefined {
  const digest = parseSha256(sha256 ?? undefined)
  return digest === undefined ? undefined : { digest, origin: 'hub', declaredIn }
}

function toDigestProblem(path: string, model: string): ScanProblem {
  return { kind: 'unusable-digest', layout: 'jan', path, text: 'has a digest that is not a SHA-256', model }
}
