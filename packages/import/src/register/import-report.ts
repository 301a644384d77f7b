import type { ModelEntry } from 'model-catalog'
import type { Candidate } from '../candidate/candidate.ts'
import type { ScanProblem } from '../candidate/scan-problem.ts'

/**
 * What became of one candidate. `added`: registered, and right if it was verified. `updated`: the same name
 * meant other bytes before, which the entry's history keeps. `known`: it is in the catalog as it is, and nothing
 * changed. `verified`: it was known, and had to be read again. `wrong`: the catalog records that its bytes are
 * wrong. `failed`: it could not be registered or read.
 */
export type ImportOutcome = 'added' | 'updated' | 'known' | 'verified' | 'wrong' | 'failed'

/** What became of one candidate, and its entry. */
export interface ImportResult {
  readonly candidate: Candidate
  /** The id of its entry: another one than the candidate's if that id was taken, or the file was known. */
  readonly id: string
  readonly outcome: ImportOutcome
  /** The entry at the end; absent if it was not registered. */
  readonly entry?: ModelEntry
  /** Why it is `wrong` or `failed`: mostly a CatalogError. Absent if it was found wrong by an earlier import. */
  readonly error?: unknown
  /** Why it was not registered, if its own store says that a file is wrong. */
  readonly problem?: ScanProblem
}

/** How far an import has come: models and bytes that are verified, of those that are to be. */
export interface ImportProgress {
  readonly doneModels: number
  readonly totalModels: number
  readonly doneBytes: number
  readonly totalBytes: number
  /** The models that are read at the moment. */
  readonly reading: readonly ReadingModel[]
}

/** A model that is read at the moment. */
export interface ReadingModel {
  readonly id: string
  readonly doneBytes: number
  readonly totalBytes: number
}

/** What an import did. */
export interface ImportReport {
  /** In the order of the candidates. */
  readonly results: readonly ImportResult[]
  /** Entries whose files were in one of the stores, and that the scan did not find there any more. They stay. */
  readonly gone: readonly ModelEntry[]
}
