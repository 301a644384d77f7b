// What the programs of the torture runs tell the runner: one JSON object a line on standard output. A line is in
// the pipe before the next thing happens, so it outlives the SIGKILL that comes after it.

import { isCatalogError } from '@catalog/types'

/** One change that a writer is about to commit. */
export interface IntendedChange {
  readonly id: string
  /** The revision that it read, and builds on; 0 = it found no such entry. */
  readonly seen: number
}

/** Before the commit. `token` is unique; the commit carries it as its reason. */
export interface IntentLine {
  readonly kind: 'intent'
  readonly token: string
  /** When the writer began to read what it builds on, {@link now}. */
  readonly at: number
  readonly changes: readonly IntendedChange[]
  /** So large that a SIGKILL can hit the middle of its `write`. */
  readonly isLarge: boolean
}

/** The acknowledgement. */
export interface OutcomeLine {
  readonly kind: 'outcome'
  readonly token: string
  /** When the commit had resolved, {@link now}. */
  readonly at: number
  readonly applied: boolean
  /** One for each change that was applied; null where the entry was removed. */
  readonly revisions: readonly (number | null)[]
}

/** Opening, reading, committing (then with the token) or closing failed. */
export interface FailedLine {
  readonly kind: 'failed'
  readonly token?: string
  readonly code: string
  readonly message: string
  /** What the error says of the commit: `none` = it is not there. */
  readonly outcome?: string
}

interface OpenedLine {
  readonly kind: 'opened'
  readonly ms: number
}

/** A reader has seen what must not be. */
interface BrokenLine {
  readonly kind: 'broken'
  readonly what: string
}

interface CountsLine {
  readonly kind: 'counts'
  readonly counts: Readonly<Record<string, number>>
}

export type ProgramLine = IntentLine | OutcomeLine | FailedLine | OpenedLine | BrokenLine | CountsLine

/** Nanoseconds of the machine's monotonic clock: the same in all its processes, so that they can be compared. */
export function now(): number {
  return Number(process.hrtime.bigint())
}

export function toFailedLine(error: unknown, token?: string): FailedLine {
  const outcome = isCatalogError(error) && 'outcome' in error.details ? error.details.outcome : undefined
  return {
    kind: 'failed',
    ...(token !== undefined && { token }),
    code: isCatalogError(error) ? error.code : 'none of ours',
    message: error instanceof Error ? `${error.message} (${error.cause ?? error.stack})` : String(error),
    ...(outcome !== undefined && { outcome }),
  }
}
