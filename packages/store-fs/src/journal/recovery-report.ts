import type { CatalogErrorDetails } from '@catalog/types'

/** What opening a catalog found after a crash, a power cut or damage. */
export interface RecoveryReport {
  /**
   * The number of unfinished lines in the present segment. They were never acknowledged, and were skipped.
   */
  readonly tornLines: number
  /**
   * The end of a segment that a power cut removed before any of it was acknowledged. The segment stays as it
   * is.
   */
  readonly dropped: DroppedTail | undefined
  /** Temporary files of killed writers, which were removed. */
  readonly removedFiles: readonly string[]
  /** With `intactPrefix`: the damage, before which everything is certain. */
  readonly damage: CatalogErrorDetails['DAMAGED'] | undefined
  /**
   * A `catalog.json` with more changes than the journal holds: an older `.catalog` was restored beside it.
   */
  readonly newerView: NewerView | undefined
  /**
   * Files of the catalog that have another name as well, as after `cp -al`: what is written to them is
   * written there too, so the other name is not a backup.
   */
  readonly linkedFiles: readonly string[]
}

/** A `catalog.json` with more changes than the journal, as after a backup was restored beside it. */
export interface NewerView {
  readonly path: string
  /**
   * The path to which it was moved; undefined if the catalog was opened read-only, which leaves it in place.
   */
  readonly keptFile: string | undefined
  /** The number of the record after which it shows the catalog. */
  readonly revision: number
  /** The number of the last record of the journal. */
  readonly head: number
}

/** Records at the end of a journal that were never acknowledged. */
export interface DroppedTail {
  readonly path: string
  /** Where in the file the first dropped record begins, in bytes. */
  readonly offset: number
  /** The number of dropped records. */
  readonly records: number
}

export function isNoteworthy(report: RecoveryReport): boolean {
  const { tornLines, dropped, removedFiles, damage, newerView, linkedFiles } = report
  const isFound = [dropped, damage, newerView].some((found) => found !== undefined)
  return isFound || tornLines + removedFiles.length + linkedFiles.length > 0
}
