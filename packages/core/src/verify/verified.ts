import { CatalogError, type ModelEntry } from '@catalog/types'
import type { Mismatch, Verdict } from './judge.ts'

/** A model that was read, as it is with what was found on record. */
export interface Verified {
  readonly entry: ModelEntry
  readonly verdict: Verdict
}

/** The entry if what was read is right. @throws {CatalogError} DIGEST_MISMATCH, SIZE_MISMATCH, NOT_A_MODEL */
export function entryOfMatch({ entry, verdict }: Verified): ModelEntry {
  if (verdict.outcome === 'match') return entry
  throw createMismatch(entry.id, verdict)
}

/** The error of a mismatch that is recorded. */
export function createMismatch(
  id: string,
  mismatch: Mismatch,
): CatalogError<'DIGEST_MISMATCH' | 'SIZE_MISMATCH' | 'NOT_A_MODEL'> {
  const { path, isWhole, diagnosis, isQuarantined } = mismatch
  const hint = diagnosis?.[0] === undefined ? '' : `: ${diagnosis[0].text}`
  // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
  const more = { ...(diagnosis !== undefined && { diagnosis }), ...(isQuarantined && { isQuarantined }) }
  const what = isWhole ? `model "${id}"` : `${path} of model "${id}"`
  if (mismatch.outcome === 'size-mismatch') {
    const { expectedBytes, foundBytes } = mismatch
    const message = `${what} has ${foundBytes} bytes, expected ${expectedBytes}${hint}`
    return new CatalogError('SIZE_MISMATCH', message, { id, path, expectedBytes, foundBytes, ...more })
  }
  if (mismatch.outcome === 'not-a-model') {
    const message = `${what} is not a model file${hint}`
    return new CatalogError('NOT_A_MODEL', message, { id, path, ...more, diagnosis: mismatch.diagnosis })
  }
  const { expected, found, sizeBytes } = mismatch
  const message = `${what} has digest ${found}, expected ${expected}${hint}`
  return new CatalogError('DIGEST_MISMATCH', message, { id, path, expected, found, sizeBytes, ...more })
}
