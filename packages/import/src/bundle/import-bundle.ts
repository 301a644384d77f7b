import { resolve } from 'node:path'
import { assertOptions, type BundleModel, CatalogError, createInvalidInput } from '@catalog/types'
import type { Catalog, WriteOptions } from 'model-catalog'
import { bringModel, foreseeModel } from './bring-model.ts'
import type { BringOptions } from './bring-options.ts'
import type {
  BundleImportProgress,
  BundleImportReport,
  BundleImportResult,
  BundleImportWait,
} from './bundle-import-report.ts'
import type { BundleTarget } from './model-place.ts'
import { type Bundle, readBundle } from './read-bundle.ts'
import { findUnnamed } from './unnamed-files.ts'

/** How the models of a bundle are taken into a catalog. */
export interface ImportBundleOptions extends Pick<WriteOptions, 'actor' | 'reason'> {
  /** Only these models of the bundle; default: all. */
  readonly ids?: readonly string[] | undefined
  /** The directory that the files are copied into; default: the root of the catalog. */
  readonly to?: string | undefined
  /** Registers the models where they are in the bundle, which then has to stay there. Default false: they are copied. */
  readonly inPlace?: boolean | undefined
  /**
   * Records for each digest who declared it to the catalog that wrote the bundle. Only for a bundle from a trusted hand:
   * nothing proves that. Default false: the digests are those of a `list`.
   */
  readonly keepOrigins?: boolean | undefined
  /** Changes nothing and reads no model file: says what an import would do. Default false. */
  readonly dryRun?: boolean | undefined
  /**
   * For how long the copy of one model is kept for this process without a sign of life, in milliseconds. After
   * a crash the next import waits as long. Default: a minute.
   */
  readonly forMs?: number | undefined
  /** Cancels: the promise rejects with the signal's reason. The next import goes on with the model under way. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are copied and read, and once for each model that is done. */
  readonly onProgress?: ((progress: BundleImportProgress) => void) | undefined
  /** Called for each model once it is done. */
  readonly onResult?: ((result: BundleImportResult) => void) | undefined
  /** Called when the import begins to wait for a copy that another one was making when it was killed. */
  readonly onWait?: ((wait: BundleImportWait) => void) | undefined
}

const FOR_MS = 60_000

/**
 * Takes the models of a bundle into a catalog. Their files are copied, hashed on their way, and read back under their final
 * names; then the models are Active. A model that is here as it is stays untouched. If an id means other bytes here, its
 * files are read in the bundle first, and then the entry is updated; its history keeps what it meant. A
 * model that is wrong does not stop the others: the report has its error. Nothing in the bundle is written.
 *
 * @throws {CatalogError} INVALID_INPUT if an argument is invalid
 * @throws {CatalogError} NOT_FOUND if the bundle has no model with one of the ids
 * @throws {CatalogError} FILE_MISSING if there is no bundle in the directory, or a part of it is missing
 * @throws {CatalogError} NOT_A_REGULAR_FILE if its manifest is something else
 * @throws {CatalogError} DAMAGED if its manifest is not valid, or not the one that was written
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote it
 * @throws {CatalogError} READ_ONLY if the catalog is open read-only, or its file system is
 * @throws {CatalogError} NO_SPACE if the disk is full, or has too little space for the next model
 * @throws {CatalogError} IO if the manifest cannot be read
 * @throws {CatalogError} CLOSED if the catalog is closed
 *
 * @example
 * ```ts
 * import { importBundle } from '@catalog/import'
 *
 * const { results } = await importBundle(catalog, '/mnt/usb/models')
 * for (const { model, outcome } of results) console.error(model.id, outcome)
 * ```
 */
export async function importBundle(
  catalog: Catalog,
  directory: string,
  options: ImportBundleOptions = {},
): Promise<BundleImportReport> {
  assertBundleOptions(directory, options)
  const bundle = await readBundle(directory)
  const chosen = chooseModels(bundle, options.ids)
  const unnamed = await findUnnamed(bundle, options.signal)
  const results = await bringAll(catalog, bundle, chosen, options)
  const { directory: path, isUnfinished, problems } = bundle
  return { directory: path, results, problems, unnamed, isUnfinished }
}

function assertBundleOptions(directory: string, options: ImportBundleOptions): void {
  assertOptions<ImportBundleOptions>(options, {
    ...{ actor: 'string', reason: 'string', ids: 'any', to: 'string', inPlace: 'boolean' },
    ...{ keepOrigins: 'boolean', dryRun: 'boolean', forMs: 'number' },
    ...{ signal: 'signal', onProgress: 'function', onResult: 'function', onWait: 'function' },
  })
  const { ids = [], to, inPlace, forMs = FOR_MS } = options
  const problems = [
    ...(typeof directory === 'string' && directory !== ''
      ? []
      : [{ field: 'directory', problem: 'must be a path' }]),
    ...(to === '' ? [{ field: 'to', problem: 'must be a path' }] : []),
    ...(to !== undefined && inPlace === true
      ? [{ field: 'to', problem: 'must not be given together with inPlace' }]
      : []),
    ...(Array.isArray(ids) && ids.every((id) => typeof id === 'string')
      ? []
      : [{ field: 'ids', problem: 'must be a list of ids' }]),
    ...(Number.isSafeInteger(forMs) && forMs > 0
      ? []
      : [{ field: 'forMs', problem: 'must be a positive integer' }]),
  ]
  if (problems.length > 0) throw createInvalidInput(problems)
}

function chooseModels({ models }: Bundle, ids: readonly string[] | undefined): readonly BundleModel[] {
  if (ids === undefined) return models
  return [...new Set(ids)].map((id) => {
    const found = models.find((model) => model.id === id)
    if (found === undefined)
      throw new CatalogError('NOT_FOUND', `the bundle has no model with the id ${id}`, { id })
    return found
  })
}

async function bringAll(
  catalog: Catalog,
  bundle: Bundle,
  chosen: readonly BundleModel[],
  options: ImportBundleOptions,
): Promise<readonly BundleImportResult[]> {
  const { signal, onProgress, onResult, dryRun = false } = options
  const totalBytes = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const [results, totalModels]: [BundleImportResult[], number] = [[], chosen.length]
  let doneBytes = 0
  const report = (moreBytes: number): void => {
    onProgress?.({ doneModels: results.length, totalModels, doneBytes: doneBytes + moreBytes, totalBytes })
  }
  const how: BringOptions = {
    ...toBringOptions(bundle, options),
    onBytes: (bytes) => report(Math.floor(bytes)),
  }
  for (const model of chosen) {
    signal?.throwIfAborted()
    const result = dryRun
      ? await foreseeModel(catalog, bundle, model, how)
      : await bringModel(catalog, bundle, model, how)
    results.push(result)
    doneBytes += model.sizeBytes
    report(0)
    onResult?.(result)
  }
  return results
}

function toBringOptions(
  { directory }: Bundle,
  {
    to,
    inPlace = false,
    keepOrigins = false,
    forMs = FOR_MS,
    signal,
    actor,
    reason,
    onWait,
  }: ImportBundleOptions,
): Omit<BringOptions, 'onBytes'> {
  return {
    ...{ keepOrigins, forMs, signal, actor, onWait },
    reason: reason ?? `import of the bundle ${directory}`.replaceAll(/\p{Cc}/gu, '�').slice(0, 1000),
    target: toTarget(to, inPlace),
  }
}

function toTarget(to: string | undefined, inPlace: boolean): BundleTarget {
  if (inPlace) return { kind: 'in-place' }
  return to === undefined ? { kind: 'root' } : { kind: 'directory', path: resolve(to) }
}
