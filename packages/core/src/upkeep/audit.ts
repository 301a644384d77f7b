/** Room `upkeep`: audit, statistics, and the methods of `catalog.upkeep`. */

import {
  type AuditEvent,
  type CatalogErrorCode,
  type DigestProgress,
  isCatalogError,
  type ModelEntry,
  type ModelId,
  sizeOfEntry,
  type Volume,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { Wait } from '../context/wait.ts'
import { hasMatchingEvidence } from '../evidence/evidence.ts'
import { findAnyEvidence } from '../evidence/own-evidence.ts'
import { noteSeenInFleet } from '../evidence/seen-volumes.ts'
import { findStanding } from '../serve/standing.ts'
import { createMismatch } from '../verify/verified.ts'
import { verifyModel } from '../verify/verify-model.ts'
import type { AuditOptions } from './plan/upkeep-options.ts'

/** What an audit found, and what remains for the next one. */
export interface AuditReport {
  /** The number of right, wrong and unreadable models together. */
  readonly checked: number
  readonly right: number
  /** Recorded as by every verification. */
  readonly wrong: readonly WrongModel[]
  /** Recorded as attempts that change nothing: the next audit reads them first. */
  readonly unreadable: readonly UnreadableModel[]
  /** How many bytes were read of the readable models. */
  readonly bytes: number
  readonly durationMs: number
  readonly remaining: { readonly models: number; readonly bytes: number }
  /** `all`: nothing remains. */
  readonly ended: 'all' | 'max-bytes' | 'max-duration'
}

/** A model whose bytes or size an audit found wrong. */
export interface WrongModel {
  readonly id: ModelId
  readonly code: CatalogErrorCode
  readonly path: string
}

/** A model whose files an audit could not read to the end. */
export interface UnreadableModel {
  readonly id: ModelId
  readonly code: CatalogErrorCode
}

/** A model to read, and when this node did so last: never if no node has read what is Active all the same. */
interface Candidate {
  readonly id: ModelId
  readonly readMs: number
  readonly bytes: number
}

const NEVER = Number.NEGATIVE_INFINITY
/** The longest time of looks in one turn. */
const MOST_AT_ONCE_MS = 10

// What says that one model could not be read, and nothing of the others.
const UNREADABLE: readonly CatalogErrorCode[] = [
  ...(['FILE_MISSING', 'FILE_CHANGED', 'NOT_A_REGULAR_FILE', 'CONFLICT', 'IO'] as const),
]

/**
 * Verifies first what is Active and was never read, as an adopted catalog may say; then again what there is evidence of on
 * the volumes that are here, the oldest first; until nothing is left or the budget is used up. What
 * was checked is no longer the oldest: the next call goes on where this one ended, however it ended.
 */
export async function auditModels(
  context: CatalogContext,
  options: AuditOptions,
  waitFor: Wait = context.wait,
): Promise<AuditReport> {
  options.signal?.throwIfAborted()
  await noteSeenInFleet(context)
  const candidates = await listCandidates(context, options)
  const audit = new Audit({ ...context, wait: waitFor }, options, candidates)
  for (const candidate of candidates) {
    if (audit.isOver(candidate)) break
    await audit.check(candidate)
  }
  return audit.report()
}

async function listCandidates(
  context: CatalogContext,
  { olderThanMs, only, signal }: AuditOptions,
): Promise<readonly Candidate[]> {
  const { store, clock, volumes } = context
  const before = olderThanMs === undefined ? undefined : clock.now().getTime() - olderThanMs
  const here = volumes.list()
  const pause = createPauses(context, signal)
  const candidates: Candidate[] = []
  for (const entry of await store.list({})) {
    if (entry.state !== 'Active' && entry.state !== 'Retired') continue
    // Stryker disable next-line ConditionalExpression: gives way to others more often.
    if (only === 'stale') await pause()
    if (only !== 'stale' || isStaleHere(context, entry)) candidates.push(...toCandidate(context, entry, here))
  }
  return candidates
    .filter(({ readMs }) => before === undefined || readMs < before)
    .sort((first, second) => first.readMs - second.readMs)
}

function toCandidate(
  context: CatalogContext,
  entry: ModelEntry,
  here: readonly Volume[],
): readonly Candidate[] {
  const { id } = entry
  if (entry.state === 'Active' && !hasMatchingEvidence(entry)) {
    return [{ id, readMs: NEVER, bytes: sizeOfEntry(entry) ?? 0 }]
  }
  const evidence = findAnyEvidence(context, entry, here)?.evidence
  return evidence === undefined ? [] : [{ id, readMs: Date.parse(evidence.at), bytes: evidence.bytes }]
}

/** Whether nothing but the ctime of its files changed since they were read, under any policy. */
function isStaleHere(context: CatalogContext, entry: ModelEntry): boolean {
  try {
    return findStanding(context, entry, {}).kind === 'stale'
  } catch (error) {
    // What cannot be looked at is for an audit of everything.
    if (isCatalogError(error, 'IO')) return false
    throw error
  }
}

/** Lets others run after every so much time of looks, which are made at once. */
function createPauses({ monotonicMs, wait }: CatalogContext, signal: AbortSignal | undefined): () => unknown {
  let fromMs = monotonicMs()
  return async () => {
    // Stryker disable next-line EqualityOperator: a moment sooner or later.
    if (monotonicMs() - fromMs < MOST_AT_ONCE_MS) return
    await wait(0, signal)
    fromMs = monotonicMs()
  }
}

/** How far it has come, and what was found so far. */
class Audit {
  readonly #context: CatalogContext
  readonly #options: AuditOptions
  readonly #totalModels: number
  readonly #startedMs: number
  readonly #wrong: WrongModel[] = []
  readonly #unreadable: UnreadableModel[] = []
  #ended: AuditReport['ended'] = 'all'
  #leftModels: number
  #leftBytes: number
  #right = 0
  #bytes = 0

  constructor(context: CatalogContext, options: AuditOptions, candidates: readonly Candidate[]) {
    this.#context = context
    this.#options = options
    this.#startedMs = context.monotonicMs()
    this.#totalModels = candidates.length
    this.#leftModels = candidates.length
    this.#leftBytes = candidates.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Whether the budget ends it before this model. The first is always read, or a large one would never be. */
  isOver({ bytes }: Candidate): boolean {
    this.#options.signal?.throwIfAborted()
    const { maxBytes = Number.POSITIVE_INFINITY, maxDurationMs = Number.POSITIVE_INFINITY } = this.#options
    if (this.#leftModels === this.#totalModels) return false
    if (this.#bytes + bytes > maxBytes) this.#ended = 'max-bytes'
    else if (this.#elapsedMs() >= maxDurationMs) this.#ended = 'max-duration'
    return this.#ended !== 'all'
  }

  async check({ id, bytes }: Candidate): Promise<void> {
    const { signal, onProgress, actor, reason, bytesPerSecond } = this.#options
    const reading = (progress: DigestProgress): void => onProgress?.(this.#progress(progress.doneBytes))
    try {
      await this.#keepRate()
      const request = { id, actor, reason, signal, bytesPerSecond, onProgress: reading }
      const { verdict } = await verifyModel(this.#context, request)
      this.#bytes += verdict.reading.bytes
      if (verdict.outcome === 'match') this.#right += 1
      else this.#wrong.push({ id, code: createMismatch(id, verdict).code, path: verdict.path })
    } catch (error) {
      signal?.throwIfAborted()
      this.#note(id, error)
    }
    this.#leftModels -= 1
    this.#leftBytes -= bytes
    const event = this.#progress(0)
    onProgress?.(event)
    this.#context.observer.onAudit(event)
  }

  report(): AuditReport {
    const [wrong, unreadable] = [this.#wrong, this.#unreadable]
    return {
      checked: this.#right + wrong.length + unreadable.length,
      ...{ right: this.#right, wrong, unreadable, bytes: this.#bytes },
      durationMs: this.#elapsedMs(),
      remaining: { models: this.#leftModels, bytes: this.#leftBytes },
      ended: this.#ended,
    }
  }

  #note(id: ModelId, error: unknown): void {
    // Removed meanwhile: there is nothing left to check.
    if (isCatalogError(error, 'NOT_FOUND')) return
    if (!isOfOneModel(error)) throw error
    this.#unreadable.push({ id, code: error.code })
  }

  /** Waits until all that was read is within the rate. Within a model the reading itself keeps it. */
  async #keepRate(): Promise<void> {
    const { bytesPerSecond = Number.POSITIVE_INFINITY, signal } = this.#options
    const earlyMs = (this.#bytes / bytesPerSecond) * 1000 - this.#elapsedMs()
    if (earlyMs > 0) await this.#context.wait(earlyMs, signal)
  }

  #progress(readingBytes: number): AuditEvent {
    const doneModels = this.#totalModels - this.#leftModels
    const doneBytes = this.#bytes + readingBytes
    const totalBytes = this.#bytes + Math.max(this.#leftBytes, readingBytes)
    return { doneModels, totalModels: this.#totalModels, doneBytes, totalBytes }
  }

  #elapsedMs(): number {
    return this.#context.monotonicMs() - this.#startedMs
  }
}

/** A write that failed is the store's, and no model's. */
function isOfOneModel(error: unknown): error is { readonly code: CatalogErrorCode } {
  if (!isCatalogError(error) || !UNREADABLE.includes(error.code)) return false
  return !isCatalogError(error, 'IO') || error.details.outcome === undefined
}
