/** Room `models`: which models are exported, and what is known of their files. */

import { basename, join } from 'node:path'
import type { ModelEntry, Sha256Digest } from 'model-catalog'

/** A model, and where its file is. */
export interface ExportedModel {
  readonly entry: ModelEntry
  /** The absolute path of the file, or of the directory of a multi-file model. */
  readonly path: string
}

/** One file of a model. */
export interface ExportedFile {
  /** Relative to the model's directory, `/` between segments; of a model of one file, its name. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Absent if it was neither declared nor computed. */
  readonly digest?: Sha256Digest
}

/** The files of a model, in the order of its manifest. */
export function filesOf({ entry, path }: ExportedModel): readonly ExportedFile[] {
  const { digest, files } = entry
  if (files === undefined) return [{ name: basename(path), path, ...(digest !== null && { digest }) }]
  return files.map((file) => ({
    name: file.path,
    path: join(path, ...file.path.split('/')),
    ...(file.digest !== undefined && { digest: file.digest }),
  }))
}
