import { basename, resolve } from 'node:path'
import { assertOptions, createInvalidInput } from '@catalog/types'
import { type Catalog, CatalogError, type ModelId, type ResolvedModel } from 'model-catalog'
import { assertOutsideStores } from '../disk/assert-outside-stores.ts'
import type { SharedBy } from '../disk/share-file.ts'
import { buildDirectory } from './build-directory.ts'
import { compareDirectory } from './compare-directory.ts'
import { planHuggingFace } from './huggingface.ts'
import { EXPORT_LAYOUTS, type ExportLayout, type LayoutPlan, type VerifiedModel } from './layout-plan.ts'
import { planLlamaCpp } from './llama-cpp.ts'
import { planOllama } from './ollama.ts'

/** Which layout is written, and where. */
export interface ExportLayoutOptions {
  readonly layout: ExportLayout
  /** The directory that gets the layout: it does not exist yet, is empty, or has this very layout. */
  readonly directory: string
  /** Cancels: the promise rejects with the signal's reason, and the directory is as it was. */
  readonly signal?: AbortSignal | undefined
}

/** What was written. */
export interface ExportedLayout {
  readonly id: ModelId
  readonly layout: ExportLayout
  /** Absolute. */
  readonly directory: string
  /** What the tool is asked for: for llama.cpp the path of a file in the directory, for the others a name. */
  readonly model: string
  /** How the files of the model are there; absent if the directory had the layout already. */
  readonly sharedBy?: SharedBy
}

const PLANNERS: Readonly<Record<ExportLayout, (model: VerifiedModel) => Promise<LayoutPlan>>> = {
  'llama.cpp': planLlamaCpp,
  ollama: planOllama,
  huggingface: planHuggingFace,
}

/**
 * Makes a directory that the runtime of another tool reads, with one usable model. Its files are reflinks, or symbolic
 * links where the file system has no reflinks; the model's own files are not changed. All of it is made under a
 * temporary name and renamed, after a second look at the model's files.
 *
 * @throws {CatalogError} INVALID_INPUT if the layout does not fit the model, the directory has something else in it, or it
 *   is inside a catalog or a store of another tool
 * @throws {CatalogError} NOT_FOUND if no model has this id
 * @throws {CatalogError} NOT_USABLE if the model may not be used
 * @throws {CatalogError} FILE_MISSING if one of its files does not exist
 * @throws {CatalogError} FILE_CHANGED if one of its files changed since it was verified
 * @throws {CatalogError} EVIDENCE_STALE if only the ctime of a file changed since it was verified
 * @throws {CatalogError} NOT_A_REGULAR_FILE if one of its files is something else
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} READ_ONLY if the file system of the directory is mounted read-only
 * @throws {CatalogError} IO if the disk cannot be read or written
 * @throws {CatalogError} CLOSED if the catalog is closed
 */
export async function exportLayout(
  catalog: Catalog,
  id: string,
  options: ExportLayoutOptions,
): Promise<ExportedLayout> {
  const { layout, signal } = parseOptions(options)
  const directory = resolve(options.directory)
  const resolved = await catalog.resolve(id)
  const plan = await PLANNERS[layout](toVerifiedModel(resolved))
  await assertOutsideStores(directory)
  const exported = { id: resolved.id, layout, directory, model: plan.model }
  if ((await compareDirectory(directory, plan, signal)) === 'same') return exported
  const sharedBy = await buildDirectory(directory, plan, {
    signal,
    beforeRename: async () => assertSame(resolved, await catalog.resolve(resolved.id)),
  })
  return { ...exported, sharedBy }
}

function parseOptions(options: ExportLayoutOptions): ExportLayoutOptions {
  assertOptions<ExportLayoutOptions>(options, { layout: 'string', directory: 'string', signal: 'signal' })
  if (typeof options.directory !== 'string' || options.directory === '') {
    throw createInvalidInput([{ field: 'directory', problem: 'must be a path' }])
  }
  if (EXPORT_LAYOUTS.includes(options.layout)) return options
  const problem = `must be one of ${EXPORT_LAYOUTS.join(', ')}`
  throw createInvalidInput([{ field: 'layout', problem }])
}

function toVerifiedModel({ entry, digest, path, paths, sizeBytes }: ResolvedModel): VerifiedModel {
  const { files } = entry
  if (files === undefined) {
    return { entry, files: [{ name: basename(path), path, digest, sizeBytes }] }
  }
  return {
    entry,
    files: files.flatMap((file, index) => {
      const [at, known] = [paths[index], file.digest]
      if (at === undefined || known === undefined) return []
      return [{ name: file.path, path: at, digest: known, sizeBytes: file.sizeBytes ?? 0 }]
    }),
  }
}

/** What was shared is what was verified only if the model still means the same bytes. */
function assertSame(before: ResolvedModel, after: ResolvedModel): void {
  if (before.digest === after.digest && before.path === after.path) return
  const { id, entry } = before
  const revisions = { expectedRevision: entry.revision, foundRevision: after.entry.revision }
  throw new CatalogError('CONFLICT', `model "${id}" was changed while it was exported`, { id, ...revisions })
}
