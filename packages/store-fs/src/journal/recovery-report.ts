import type { CatalogErrorDetails } from '@catalog/types'

/** What opening found that a crash or a power cut had left, or damage had taken. */
export interface RecoveryReport {
  /** Lines of the present segment that were never finished, and so never acknowledged. They were skipped. */
  readonly tornLines: number
  /** The end of a segment that a power cut took before any of it was acknowledged. The segment stays as it is. */
  readonly dropped: DroppedTail | undefined
  /** Temporary files of writers that were killed, removed. */
  readonly removedFiles: readonly string[]
  /** With `intactPrefix`: why there is nothing to read but what is certain. */
  readonly damage: CatalogErrorDetails['DAMAGED'] | undefined
  /** A `catalog.json` that shows more than the journal holds: an older `.catalog` was put in place of the one it is of. */
  readonly newerView: NewerView | undefined
  /**
   * Own files that have another name as well, as `cp -al` gives them: what is written here from now on is written there
   * too, so that this is not a backup.
   */
  readonly linkedFiles: readonly string[]
}

/** A `catalog.json` that shows more than the journal has, as after a backup was restored beside it. */
export interface NewerView {
  readonly path: string
  /** Where it is now; undefined if the catalog was opened to be read only, which leaves it in place. */
  readonly keptFile: string | undefined
  /** The number of the record after which it shows the catalog. */
  readonly revision: number
  /** The number of the last record of the journal. */
  readonly head: number
}

/** Records at the end of a journal that were never acknowledged. */
export interface DroppedTail {
  readonly path: string
  /** Where in the file the first record that does not count begins. */
  readonly offset: number
  /** How many records from there on do not count. */
  readonly records: number
}

export function hasSomethingToTell(report: RecoveryReport): boolean {
  const { tornLines, dropped, removedFiles, damage, newerView, linkedFiles } = report
  const isFound = [dropped, damage, newerView].some((found) => found !== undefined)
  return isFound || tornLines + removedFiles.length + linkedFiles.length > 0
}
