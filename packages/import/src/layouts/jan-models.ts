import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { toFileModel } from '../blobs/blob-file.ts'
import { toSource } from '../blobs/model-source.ts'
import type { Companion, DeclaredDigest } from '../candidate/candidate.ts'
import { parseSha256 } from '../candidate/digest-text.ts'
import type { NamedModel } from '../candidate/named-model.ts'
import { orUnusable } from '../candidate/or-unusable.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import type { DirectoryListing, FoundEntry } from '../disk/entries.ts'
import { joinBelow } from '../disk/paths-below.ts'
import { readYaml } from '../disk/read-yaml.ts'
import type { StoreReader } from '../disk/store-reader.ts'
import type { Findings } from '../store/findings.ts'

/** The file that describes a model, in a directory of its own. */
export const DESCRIPTION = 'model.yml'
const descriptionSchema = z.object({
  model_path: z.string().min(1),
  name: z.string().nullish(),
  mmproj_path: z.string().min(1).nullish(),
  model_sha256: z.string().nullish(),
  model_size_bytes: z.number().int().nonnegative().nullish(),
  mmproj_sha256: z.string().nullish(),
  mmproj_size_bytes: z.number().int().nonnegative().nullish(),
})

/** The store of one root. */
export interface JanStore {
  readonly root: DirectoryListing
  readonly reader: StoreReader
  readonly findings: Findings
}

/** One file that a description names. */
interface DescribedFile {
  readonly path: string
  readonly sizeBytes: number | null | undefined
  readonly sha256: string | null | undefined
}

/** The model of a directory, and its projector. */
export async function describedModels(
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
  const projector = await orUnusable(() =>
    toModel(store, beside, { descriptionPath, names: [...names, 'projector'] }),
  )
  if (projector instanceof UnusableError) {
    return [{ ...model, aliases, problems: [...model.problems, toScanProblem(projector, 'jan', model.name)] }]
  }
  return [{ ...model, aliases, companions: [toCompanion(projector)] }, projector]
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
