import * as store from '@catalog/store-fs'
import { findDefaultRoot } from './default-root.ts'

export interface VerifyHistoryOptions {
  /** The directory of the catalog; default: {@link findDefaultRoot}. */
  readonly root?: string | undefined
}

export interface PruneHistoryOptions extends VerifyHistoryOptions, Omit<store.PruneOptions, 'disk'> {}

/**
 * Reads all of a catalog's history that is kept, and says whether every record, and every step from one segment to
 * the next, is as it was written. Changes nothing. CATALOG_MISSING where there is no catalog, UNSUPPORTED_FORMAT, IO.
 */
export function verifyHistory({
  root = findDefaultRoot(),
}: VerifyHistoryOptions = {}): Promise<store.HistoryReport> {
  return store.verifyHistory(root)
}

/**
 * Removes the oldest part of a catalog's history, and says which files went; models and what is known of them stay.
 * Safe while the catalog is in use. INVALID_INPUT, CATALOG_MISSING, UNSUPPORTED_FORMAT, DAMAGED, READ_ONLY, IO.
 */
export function pruneHistory({
  root = findDefaultRoot(),
  ...options
}: PruneHistoryOptions = {}): Promise<store.PrunedHistory> {
  return store.pruneHistory(root, options)
}
