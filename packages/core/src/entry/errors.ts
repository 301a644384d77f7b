/** Room `entry`: the rules of one entry: states, files, updates. */

import {
  CatalogError,
  isCatalogError,
  type LifecycleState,
  type ModelId,
  type UsabilityProblem,
} from '@catalog/types'

export function createNotFound(id: string): CatalogError<'NOT_FOUND'> {
  return new CatalogError('NOT_FOUND', `model "${id}" is not in the catalog`, { id })
}

export function createAlreadyExists(id: ModelId, existingId: string): CatalogError<'ALREADY_EXISTS'> {
  const message =
    id === existingId
      ? `model "${id}" already exists`
      : `model "${id}" cannot be registered: "${existingId}" exists, and differs only in case`
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

export interface UsabilityDetails {
  readonly id: ModelId
  readonly state: LifecycleState
  readonly problem: UsabilityProblem
}

const USABILITY_TEXTS: Readonly<Record<UsabilityProblem, (state: LifecycleState) => string>> = {
  state: (state) => `is ${state}`,
  'no-evidence': () => 'was not verified here',
  'wrong-bytes': () => 'had wrong bytes when it was last read here',
  'old-evidence': () => 'was last verified here too long ago',
  'digest-origin': () => 'has a digest of an origin that the policy does not accept',
  'undeclared-digest': () => 'has no declared digest, only the one computed from its first download',
}

export function createNotUsable(details: UsabilityDetails): CatalogError<'NOT_USABLE'> {
  const problem = USABILITY_TEXTS[details.problem](details.state)
  return new CatalogError('NOT_USABLE', `model "${details.id}" is not usable: it ${problem}`, details)
}

/** The error of a model whose file is no longer the one that was verified. */
export function createChangedSince(
  id: ModelId,
  path: string,
  changed: readonly string[],
): CatalogError<'FILE_CHANGED'> {
  const message = `model "${id}" needs to be verified again: ${path} changed since it was verified (${changed.join(', ')})`
  return new CatalogError('FILE_CHANGED', message, { id, path, changed })
}

/** The error of a model whose file may have other bytes than those that were read, or may not. */
export function createStale(id: ModelId, path: string): CatalogError<'EVIDENCE_STALE'> {
  const message = `model "${id}" needs to be verified again: the ctime of ${path} changed since it was verified, by a change of its mode, owner or names, or by a write to it`
  return new CatalogError('EVIDENCE_STALE', message, { id, path })
}

/** The error of a model whose file is away with the directory that it was read in. */
export function createAway(
  id: ModelId,
  { details, cause }: CatalogError<'FILE_MISSING'>,
): CatalogError<'FILE_MISSING'> {
  const message = `model "${id}": the directory of ${details.path} does not exist: is its disk mounted?`
  return new CatalogError('FILE_MISSING', message, { ...details, id }, { cause })
}

/** The error of a model on a file system that does not tell whether a file was written since it was read. */
export function createUntold(id: ModelId, path: string, type: string): CatalogError<'EVIDENCE_STALE'> {
  const message = `model "${id}" cannot be served from ${path}: its file system (${type}) has no ctime of its own, so that a file which was written and got its mtime back looks as it was; keep it on another disk, or store the policy ctimeChange trust-mtime if no program does that`
  return new CatalogError('EVIDENCE_STALE', message, { id, path })
}

/** Runs what reads a model's files; an error about one of them tells which model it belongs to. */
export async function withModelId<T>(id: ModelId, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw addModelId(id, error)
  }
}

/** The error with the id in its message and details, where it is about a model's file; any other as it is. */
export function addModelId(id: ModelId, error: unknown): unknown {
  const isOfFile =
    isCatalogError(error, 'FILE_MISSING') ||
    isCatalogError(error, 'FILE_CHANGED') ||
    isCatalogError(error, 'NOT_A_REGULAR_FILE')
  if (!isOfFile || error.details.id !== undefined) return error
  const { code, message, details } = error
  return new CatalogError(code, `model "${id}": ${message}`, { ...details, id }, { cause: error })
}
