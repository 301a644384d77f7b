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

/** Where the history is. */
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
 * Reads all of a catalog's history that is kept, and says whether every record, and every step from one segment to
 * the next, is as it was written. Changes nothing. INVALID_INPUT, CATALOG_MISSING,
 * UNSUPPORTED_FORMAT, IO.
 */
export async function verifyHistory(options?: VerifyHistoryOptions): Promise<HistoryReport> {
  const { root = findDefaultRoot() } = parseVerifyOptions(options)
  return store.verifyHistory(root)
}

/**
 * Removes the oldest part of a catalog's history, and says which files went; models and what is known of them stay.
 * Safe while the catalog is in use. INVALID_INPUT, CATALOG_MISSING, UNSUPPORTED_FORMAT, DAMAGED, READ_ONLY, IO.
 */
export async function pruneHistory(options?: PruneHistoryOptions): Promise<PrunedHistory> {
  const { root = findDefaultRoot(), ...how } = parsePruneOptions(options)
  return store.pruneHistory(root, how)
}
