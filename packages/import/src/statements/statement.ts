import type { DeclaredDigest } from '../candidate/candidate.ts'
import type { ScanProblem } from '../candidate/scan-problem.ts'

/** What a store states of one of its files. */
export interface Statement {
  readonly declared?: DeclaredDigest | undefined
  readonly gitBlobId?: string | undefined
  /** Why a record that exists is not used. */
  readonly problem?: ScanProblem | undefined
}
