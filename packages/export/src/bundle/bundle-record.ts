import { basename } from 'node:path'
import { type BundleModel, findFilePathProblem, sizeOfEntry, toPublicEntry } from '@catalog/types'
import type { Sha256Digest } from 'model-catalog'
import { type ExportedModel, filesOf } from '../models/exported-model.ts'
import type { StoredPaths } from './stored-paths.ts'

/** A file that is put into a bundle, and where it is now. */
export interface BundledFile {
  readonly stored: string
  /** Absolute. */
  readonly source: string
  readonly digest: Sha256Digest
  readonly sizeBytes: number
}

/** A model as the bundle will have it. */
export interface PlannedModel {
  readonly record: BundleModel
  readonly files: readonly BundledFile[]
}

/** The model's record and files, or undefined if the digest or the size of a file is not known. */
export function planModel(model: ExportedModel, paths: StoredPaths): PlannedModel | undefined {
  const { entry } = model
  const { id, name, source, digest, digestOrigin, registeredAt, verifiedAt, tags, facts } =
    toPublicEntry(entry)
  const sizeBytes = sizeOfEntry(entry)
  if (digest === null || sizeBytes === undefined) return undefined
  const isDirectory = entry.files !== undefined
  const files: BundledFile[] = []
  for (const [index, file] of filesOf(model).entries()) {
    const size = isDirectory ? entry.files[index]?.sizeBytes : sizeBytes
    if (file.digest === undefined || size === undefined) return undefined
    const wanted = { id, name: isDirectory ? file.name : fileNameOf(model), digest: file.digest, isDirectory }
    const stored = paths.place({ ...wanted, sizeBytes: size })
    files.push({ stored, source: file.path, digest: file.digest, sizeBytes: size })
  }
  const record: BundleModel = {
    ...{ id, name, source, digest, sizeBytes, registeredAt, verifiedAt, isDirectory },
    // What was not recorded, as by the first versions, was the caller's.
    digestOrigin: digestOrigin ?? 'caller',
    ...(tags !== undefined && { tags }),
    ...(facts !== undefined && { facts }),
    files: files.map(({ stored, digest: sha256, sizeBytes: size }, index) => ({
      ...(isDirectory && { path: entry.files[index]?.path ?? '' }),
      ...{ stored, sizeBytes: size, digest: sha256 },
    })),
  }
  return { record, files }
}

/** The name of the model's file, or, if that is of a store with names of its own, one by the id and the format. */
function fileNameOf({ entry, path }: ExportedModel): string {
  const name = basename(path)
  const isOwn = /\.[A-Za-z][A-Za-z0-9]*$/u.test(name) && findFilePathProblem(name) === undefined
  return isOwn ? name : `${entry.id.slice(entry.id.lastIndexOf('/') + 1)}.${entry.facts?.format ?? 'bin'}`
}
