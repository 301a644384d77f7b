import { resolve } from 'node:path'
import { assertOptions, createInvalidInput } from '@catalog/types'
import type { Catalog, StateCounts } from 'model-catalog'
import { assertOutsideStores } from '../disk/assert-outside-stores.ts'
import { findModels } from '../models/find-models.ts'
import { BundleDirectory } from './bundle-directory.ts'
import type { BundledModel, BundleProgress, ExportedBundle } from './bundle-report.ts'
import { foresee, planBundle } from './plan-bundle.ts'
import { BundleWriting } from './write-bundle.ts'

/** What is put into a bundle. */
export interface ExportBundleOptions {
  /** Only these models; default: all Active ones. */
  readonly ids?: readonly string[] | undefined
  /** Changes nothing and reads no model file: says what an export would do, by the sizes of files. Default false. */
  readonly dryRun?: boolean | undefined
  /** Cancels: the promise rejects with the signal's reason. The bundle names what is complete in it. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are copied or read, and once for each model that is done. */
  readonly onProgress?: ((progress: BundleProgress) => void) | undefined
  /** Called for each model once it is done, in the order in which they are. */
  readonly onResult?: ((result: BundledModel) => void) | undefined
}

/**
 * Writes models with their files into a directory that another catalog imports, for a machine without a network. Files
 * are reflinks where the file system has them, and copies otherwise. Every byte is hashed on its way; a model with
 * a file that is not what the catalog says is not in the bundle, and the others are. Into an existing bundle
 * only what is missing or wrong is copied: what is there is read. After a crash the bundle names only what is complete.
 *
 * @throws {CatalogError} INVALID_INPUT if an argument is invalid, the directory is neither free nor a bundle, or it is
 *   inside a catalog or a store of another tool
 * @throws {CatalogError} NOT_FOUND if no model has one of the ids
 * @throws {CatalogError} NOT_USABLE if a named model is not Active
 * @throws {CatalogError} DAMAGED if the manifest in the directory is not valid
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the bundle in the directory
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else has the name of a file of the bundle
 * @throws {CatalogError} NO_SPACE if the disk is full, or has too little space before anything is copied
 * @throws {CatalogError} READ_ONLY if the file system of the directory is mounted read-only
 * @throws {CatalogError} IO if the directory cannot be read or written
 * @throws {CatalogError} CLOSED if the catalog is closed
 *
 * @example
 * ```ts
 * import { exportBundle } from '@catalog/export'
 *
 * const { models } = await exportBundle(catalog, '/mnt/usb/models', { ids: ['llama-3.1-8b'] })
 * console.error(models[0]?.outcome)
 * ```
 */
export async function exportBundle(
  catalog: Catalog,
  directory: string,
  options: ExportBundleOptions = {},
): Promise<ExportedBundle> {
  assertBundleOptions(directory, options)
  const { ids, dryRun = false } = options
  const path = resolve(directory)
  await assertOutsideStores(path)
  const bundle = await BundleDirectory.open(path)
  const chosen = await findModels(catalog, { ids })
  const plan = planBundle(bundle.models, chosen)
  const { signal, onProgress, onResult } = options
  const writing = new BundleWriting(bundle, plan, { signal, onProgress, onResult })
  const models = dryRun ? await foresee(bundle, plan) : await writing.run()
  return { directory: path, models, otherStates: await countOthers(catalog, ids) }
}

function assertBundleOptions(directory: string, options: ExportBundleOptions): void {
  assertOptions<ExportBundleOptions>(options, {
    ids: 'any',
    dryRun: 'boolean',
    signal: 'signal',
    onProgress: 'function',
    onResult: 'function',
  })
  if (typeof directory !== 'string' || directory === '') {
    throw createInvalidInput([{ field: 'directory', problem: 'must be a path' }])
  }
  const { ids = [] } = options
  if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string')) {
    throw createInvalidInput([{ field: 'ids', problem: 'must be a list of ids' }])
  }
}

/** Without ids, all models of the other states are left out. */
async function countOthers(catalog: Catalog, ids: readonly string[] | undefined): Promise<StateCounts> {
  const counts = await catalog.counts()
  if (ids === undefined) return { ...counts, Active: 0 }
  return { Pending: 0, Active: 0, Retired: 0, Failed: 0 }
}
