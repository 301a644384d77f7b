import { type CatalogCopy, CatalogError, type CatalogReader, type VerifiedHistory } from '@catalog/types'

/** What a migration is at. */
export interface MigrateProgress {
  /** `check`: what is there already is read; `copy`: positions are written; `compare`: both are compared. */
  readonly step: 'check' | 'copy' | 'compare'
  /** The position that was reached. */
  readonly position: number
  /** The last position, as far as it is known. */
  readonly until: number
}

/** One migration: from where, to where, and how. */
export interface Migration {
  readonly source: CatalogReader
  /** Where the source is, for people. */
  readonly place: string
  readonly copy: CatalogCopy
  readonly dryRun: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: MigrateProgress) => void) | undefined
}

/** Tells the positions of a step. */
export function report(
  step: MigrateProgress['step'],
  { onProgress }: Migration,
  until: number,
): (position: number) => void {
  return (position) => onProgress?.({ step, position, until })
}

/** The part of a history that is kept, all of which must be right: DAMAGED. */
export async function verifyKept(store: CatalogReader, place: string): Promise<VerifiedHistory> {
  const found = await store.verifyHistory()
  if (found.ok) return found
  const { path, problem } = found
  throw new CatalogError('DAMAGED', `the history of ${place} is damaged: ${problem}`, { path, problem })
}
