import {
  type Attribution,
  type AuditEvent,
  createInvalidInput,
  type DedupeMethod,
  type InputProblem,
} from '@catalog/types'
import { parseAttribution } from '@catalog/types/schema'
import type { ApplyOptions } from '../apply/apply-plan.ts'

/** Which models an audit reads, how fast, and when it ends. Without a budget it reads all. */
export interface AuditOptions extends Attribution {
  /** Only models that this node last read longer ago than that. */
  readonly olderThanMs?: number | undefined
  /** The most bytes to read in a second, over the whole audit. */
  readonly bytesPerSecond?: number | undefined
  /** No model is begun that would take it past this, but for the first. */
  readonly maxBytes?: number | undefined
  /** No model is begun after this; one that is begun is read to its end. */
  readonly maxDurationMs?: number | undefined
  /** Cancels: the promise rejects with the signal's reason. What was checked is recorded. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: AuditEvent) => void) | undefined
}

/** Which files nobody needs. */
export interface CollectOptions {
  /** The files of Retired models. Default true. */
  readonly retired?: boolean | undefined
  /** Wrong files that were put aside. Default true. */
  readonly quarantined?: boolean | undefined
  /** What downloads left with which nobody is going on. Default true. */
  readonly partials?: boolean | undefined
  /** Files that no model names. Default false. */
  readonly orphans?: boolean | undefined
  /** Only files, and Retired models, that did not change for so long. */
  readonly olderThanMs?: number | undefined
}

export interface DedupeOptions {
  readonly method: DedupeMethod
}

/** The checked options, or INVALID_INPUT naming all that is wrong. */
export function parseAuditOptions(options: AuditOptions): AuditOptions {
  const { olderThanMs, bytesPerSecond, maxBytes, maxDurationMs, signal, onProgress, ...rest } = options
  const numbers = { olderThanMs, bytesPerSecond, maxBytes, maxDurationMs }
  assertNoProblems([
    ...Object.entries(numbers).flatMap(([field, value]) => findNumberProblems(field, value)),
    ...findUnknown(rest, ['actor', 'reason']),
  ])
  return { ...numbers, signal, onProgress, ...parseAttribution(options) }
}

/** The checked options, or INVALID_INPUT naming all that is wrong. */
export function parseCollectOptions(options: CollectOptions): CollectOptions {
  const { retired, quarantined, partials, orphans, olderThanMs, ...rest } = options
  const switches = { retired, quarantined, partials, orphans }
  assertNoProblems([
    ...Object.entries(switches).flatMap(([field, value]) =>
      value === undefined || typeof value === 'boolean' ? [] : [{ field, problem: 'must be true or false' }],
    ),
    ...findNumberProblems('olderThanMs', olderThanMs),
    ...findUnknown(rest, []),
  ])
  return { ...switches, olderThanMs }
}

/** The checked method, or INVALID_INPUT. */
export function parseDedupeOptions({ method, ...rest }: DedupeOptions): DedupeMethod {
  const problem = { field: 'method', problem: 'must be hard-link or reflink' }
  const isKnown = method === 'hard-link' || method === 'reflink'
  assertNoProblems([...(isKnown ? [] : [problem]), ...findUnknown(rest, [])])
  return method
}

/** The checked options, or INVALID_INPUT. */
export function parseApplyOptions(options: ApplyOptions): ApplyOptions {
  const { signal, onProgress, ...rest } = options
  assertNoProblems(findUnknown(rest, ['actor', 'reason']))
  return { signal, onProgress, ...parseAttribution(options) }
}

function findNumberProblems(field: string, value: unknown): readonly InputProblem[] {
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value > 0)) return []
  return [{ field, problem: 'must be a number of more than 0' }]
}

function findUnknown(rest: object, known: readonly string[]): readonly InputProblem[] {
  const unknown = Object.keys(rest).filter((field) => !known.includes(field))
  return unknown.map((field) => ({ field, problem: 'is not a known field' }))
}

function assertNoProblems(problems: readonly InputProblem[]): void {
  if (problems.length > 0) throw createInvalidInput(problems)
}
