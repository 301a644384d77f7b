/** Room `ports`: what core asks of a store, a verifier and a disk. */

import type { ModelEntry } from '../entry/model-entry.ts'
import type { StoredSettings } from './catalog-settings.ts'
import type { CatalogReader, RemovedModel } from './catalog-store.ts'
import type { CatalogTotals } from './catalog-totals.ts'
import type { CommittedChange } from './commit.ts'

/** A catalog as it is where its kept history begins. */
export interface CatalogBeginning {
  /** The position before the first one that is kept. */
  readonly position: number
  readonly entries: readonly ModelEntry[]
  readonly removed: readonly RemovedModel[]
  readonly settings: StoredSettings
  /** What was counted up to there. */
  readonly totals: CatalogTotals
}

/** One position of a history, with its old time. */
export interface CopiedRecord {
  readonly position: number
  /** By the writer's clock, ISO-8601 UTC. */
  readonly at: string
  /** None if nothing changed at this position that a history tells of. */
  readonly changes: readonly CommittedChange[]
}

/**
 * A place to which a catalog is copied with its history. Until `finish`, no store opens it: it is
 * UNSUPPORTED_FORMAT. What was appended stays if the process ends, and another copy goes on from there.
 */
export interface CatalogCopy {
  /** Where it is, for people, without secrets. */
  readonly place: string
  /** Whether there is no catalog, the beginning of a copy, or a catalog that stores can open. */
  readonly state: 'empty' | 'unfinished' | 'finished'
  /**
   * What is there, for reading; not if the state is `empty`. The copy closes it.
   *
   * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
   * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote what is stored
   * @throws {CatalogError} IO if the disk cannot be read
   */
  read(): Promise<CatalogReader>
  /**
   * Writes the beginning, in the state `empty`; also in the state `unfinished`, if there are no positions after the beginning that
   * is there: then this one takes its place.
   *
   * @throws {CatalogError} CATALOG_REPLACED if another process writes there
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written or read
   */
  begin(beginning: CatalogBeginning): Promise<void>
  /**
   * Writes the next positions, without a gap, and the settings. A catalog that was finished is unfinished from
   * then on.
   *
   * @throws {CatalogError} CATALOG_REPLACED if another process writes there
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written or read
   */
  append(records: readonly CopiedRecord[], settings: StoredSettings): Promise<void>
  /**
   * Writes what the catalog has beside its positions. Totals and settings are those of the original at the last position. Stores
   * still do not open it.
   *
   * @throws {CatalogError} CATALOG_REPLACED if another process writes there
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written or read
   */
  complete(settings: StoredSettings, totals: CatalogTotals): Promise<void>
  /**
   * Lets stores open it, after `complete`: durable when it resolves. May be repeated.
   *
   * @throws {CatalogError} CATALOG_REPLACED if another process writes there
   * @throws {CatalogError} READ_ONLY if nothing may be written there
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be written or read
   */
  finish(): Promise<void>
  /**
   * Frees what the copy holds, finished or not.
   *
   * @throws {CatalogError} IO if the disk fails
   */
  close(): Promise<void>
}
