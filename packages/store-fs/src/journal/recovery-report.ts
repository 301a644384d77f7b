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
}

export interface DroppedTail {
  readonly path: string
  /** Where in the file the first record that does not count begins. */
  readonly offset: number
  /** How many records from there on do not count. */
  readonly records: number
}

export function hasSomethingToTell({ tornLines, dropped, removedFiles, damage }: RecoveryReport): boolean {
  return tornLines > 0 || dropped !== undefined || removedFiles.length > 0 || damage !== undefined
}
