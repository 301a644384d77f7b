import { type ModelId, parseModelId } from '../entry/model-id.ts'
import { createInvalidInput } from '../error/catalog-error.ts'
import { type RecordedVerification, VERIFICATION_OUTCOMES } from '../ports/catalog-totals.ts'

/** A verification attempt as in a commit on disk. */
export interface WireVerification {
  readonly id: string
  readonly outcome: RecordedVerification['outcome']
  readonly bytes: number
  readonly duration_ms: number
  readonly code?: string
}

/** The verification of a commit, whose id is well-formed. */
export interface CheckedVerification extends RecordedVerification {
  readonly id: ModelId
}

const MAX_CODE_LENGTH = 64

/** INVALID_INPUT for one that is not well-formed. */
export function checkVerification({
  id,
  outcome,
  bytes,
  durationMs,
  code,
}: CheckedVerification): CheckedVerification {
  const checked = {
    ...{ id: parseModelId(id), outcome, bytes, durationMs: Math.round(durationMs) },
    ...(code !== undefined && { code }),
  }
  const problem = findVerificationProblem(encodeVerification(checked))
  if (problem !== undefined) throw createInvalidInput([{ field: 'verification', problem }])
  return checked
}

/** The verification as a record of the journal has it. */
export function encodeVerification({ durationMs, code, ...rest }: CheckedVerification): WireVerification {
  return { ...rest, duration_ms: durationMs, ...(code !== undefined && { code }) }
}

/** A verification without the id, which the change has. Frozen. */
export function decodeVerification(wire: WireVerification): RecordedVerification {
  const { outcome, bytes, duration_ms: durationMs, code } = wire
  return Object.freeze({ outcome, bytes, durationMs, ...(code !== undefined && { code }) })
}

/**
 * What is wrong with a verification that was read from disk, except its id, in words; undefined if nothing
 * is.
 */
export function findVerificationProblem(wire: unknown): string | undefined {
  if (typeof wire !== 'object' || wire === null) return 'is not an object'
  const { outcome, bytes, duration_ms, code } = wire as Partial<Record<keyof WireVerification, unknown>>
  if (!VERIFICATION_OUTCOMES.some((each) => each === outcome)) return 'has an "outcome" that is not known'
  if (!isWhole(bytes)) return 'has "bytes" that are not a non-negative integer'
  if (!isWhole(duration_ms)) return 'has a duration that is not a non-negative integer'
  const isCode = typeof code === 'string' && code.length <= MAX_CODE_LENGTH
  return code === undefined || isCode ? undefined : 'has a "code" that is not an error code'
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
