import type { CatalogErrorCode } from '../error/catalog-error.ts'

/** `ok`, the code of the error, `aborted` if a signal ended it, or `error` for any other error. */
export type OperationOutcome = 'ok' | CatalogErrorCode | 'aborted' | 'error'

/** A call of the catalog that changes entries has ended. */
export interface OperationEvent {
  /** `register`, `verify`, `set-state`, `update`, `remove` … */
  readonly operation: string
  readonly id: string
  readonly outcome: OperationOutcome
  readonly durationMs: number
}

/** A reading of a model has ended. */
export interface VerificationEvent {
  readonly id: string
  readonly outcome: 'match' | 'mismatch' | 'error'
  /** Bytes read; 0 if the file could not be read. */
  readonly bytes: number
  readonly durationMs: number
}

/** Another writer changed the entry first: the call reads it again and decides anew. */
export interface ConflictEvent {
  readonly operation: string
  readonly id: string
  /** 1 for the first conflict of this call. */
  readonly attempt: number
}

/** The progress of an audit, after each model. */
export interface AuditEvent {
  readonly doneModels: number
  readonly totalModels: number
  readonly doneBytes: number
  readonly totalBytes: number
}

/**
 * Receives events for metrics and logs. It is called synchronously, so it must be quick; what it throws is
 * ignored. No event carries a source.
 */
export interface CatalogObserver {
  /** After each call that changes entries, also if it failed. */
  onOperation?(event: OperationEvent): void
  /** After each reading of a model. */
  onVerification?(event: VerificationEvent): void
  /** After each conflict with another writer. */
  onConflict?(event: ConflictEvent): void
  /** After each model of an audit. */
  onAudit?(event: AuditEvent): void
}
