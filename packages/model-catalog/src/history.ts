import * as store from '@catalog/store-fs'
import type { HistoryReport, PrunedHistory, PruneOptions } from '@catalog/types'
import {
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  pruneShape,
  textSchema,
} from '@catalog/types/schema'
import { findDefaultRoot } from './default-root.ts'

/** The catalog whose history is read. */
export interface VerifyHistoryOptions {
  /** The directory of the catalog; default: {@link findDefaultRoot}. */
  readonly root?: string | undefined
}

export interface PruneHistoryOptions extends VerifyHistoryOptions, PruneOptions {}

const parseVerifyOptions: OptionsParser<VerifyHistoryOptions> = defineOptionalOptions<VerifyHistoryOptions>(
  optionsSchema({ root: textSchema.optional() }),
)

const parsePruneOptions: OptionsParser<PruneHistoryOptions> = defineOptionalOptions<PruneHistoryOptions>(
  optionsSchema({
    root: textSchema.optional(),
    ...pruneShape,
  }),
)

/**
 * Reads all of a catalog's kept history, and reports whether every record, and every step from one segment to
 * the next, is as it was written. Changes nothing. Damage is a result, not an error.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 * @throws {CatalogError} CATALOG_MISSING if the root has no catalog
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} IO if the disk cannot be read
 *
 * @example
 * ```ts
 * import { openCatalog, verifyHistory } from 'model-catalog'
 *
 * await (await openCatalog({ root: './models' })).close()
 * const report = await verifyHistory({ root: './models' })
 * console.log(report.ok) // true
 * ```
 */
export async function verifyHistory(options?: VerifyHistoryOptions): Promise<HistoryReport> {
  const { root = findDefaultRoot() } = parseVerifyOptions(options)
  return store.verifyHistory(root)
}

/**
 * Removes the oldest part of a catalog's history, and reports which files were removed. Models and their
 * evidence stay. Safe while the catalog is in use.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 * @throws {CatalogError} CATALOG_MISSING if the root has no catalog
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} IO if the disk cannot be read or written
 */
export async function pruneHistory(options?: PruneHistoryOptions): Promise<PrunedHistory> {
  const { root = findDefaultRoot(), ...how } = parsePruneOptions(options)
  return store.pruneHistory(root, how)
}
