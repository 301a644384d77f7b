import { CatalogError, type LifecycleState, type ModelId } from '@catalog/types'
import type { Mismatch } from './verification-outcome.ts'

export function createNotFound(id: ModelId): CatalogError<'NOT_FOUND'> {
  return new CatalogError('NOT_FOUND', `model "${id}" is not in the catalog`, { id })
}

export function createAlreadyExists(id: ModelId, existingId: string): CatalogError<'ALREADY_EXISTS'> {
  const message =
    id === existingId
      ? `model "${id}" is in the catalog already`
      : `model "${id}" cannot be registered: "${existingId}" is in the catalog, and they differ only in case`
  return new CatalogError('ALREADY_EXISTS', message, { id, existingId })
}

export interface ConflictDetails {
  readonly id: ModelId
  readonly expectedRevision: number
  readonly foundRevision: number
}

export function createConflict(details: ConflictDetails): CatalogError<'CONFLICT'> {
  const { id, expectedRevision, foundRevision } = details
  const message = `model "${id}" is at revision ${foundRevision}, expected ${expectedRevision}`
  return new CatalogError('CONFLICT', message, details)
}

export interface TransitionDetails {
  readonly id: ModelId
  readonly from: LifecycleState
  readonly to: LifecycleState
}

export function createInvalidTransition(details: TransitionDetails): CatalogError<'INVALID_TRANSITION'> {
  const message = `model "${details.id}" cannot go from ${details.from} to ${details.to}`
  return new CatalogError('INVALID_TRANSITION', message, details)
}

export function createMissingEvidence(details: TransitionDetails): CatalogError<'INVALID_TRANSITION'> {
  const message = `model "${details.id}" cannot go from ${details.from} to ${details.to} without evidence for its digest: verify it first`
  return new CatalogError('INVALID_TRANSITION', message, details)
}

/** The error of a mismatch that is recorded. */
export function createMismatch(id: ModelId, path: string, mismatch: Mismatch): CatalogError {
  if (mismatch.outcome === 'size-mismatch') {
    const { expectedBytes, foundBytes } = mismatch
    const message = `model "${id}" has ${foundBytes} bytes, expected ${expectedBytes}`
    return new CatalogError('SIZE_MISMATCH', message, { id, path, expectedBytes, foundBytes })
  }
  const { expected, read } = mismatch
  const { digest: found, sizeBytes } = read
  const message = `model "${id}" has digest ${found}, expected ${expected}`
  return new CatalogError('DIGEST_MISMATCH', message, { id, path, expected, found, sizeBytes })
}
