/** Room `error`: the closed list of error codes. */

/** One thing wrong with an input: the field (a dotted path) and what is wrong with it, in words. */
export interface InputProblem {
  readonly field: string
  readonly problem: string
}

/** One place in a text file that a person has to inspect. */
export interface TextPlace {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units, as most editors count. */
  readonly column: number
  /** The model that it is in: its id, or `models[<index>]` if it has none. */
  readonly entry?: string
  readonly problem: string
}

/** Whether a failed write may still have happened: `none` it did not, `unknown` only a re-read can tell. */
export type WriteOutcome = 'none' | 'unknown'

/**
 * Why a model may not be used: it is not Active; this node has not verified it; it has, and found other bytes than
 * the expected ones; it verified it too long ago for the policy; or the digest is of an origin that the policy does
 * not accept.
 */
export type UsabilityProblem =
  | 'state'
  | 'no-evidence'
  | 'wrong-bytes'
  | 'old-evidence'
  | 'undeclared-digest'
  | 'digest-origin'

/** What uses a model, and until when (ISO-8601 UTC) unless it is renewed. */
export interface ModelUser {
  readonly use: 'lease' | 'download'
  readonly holder: string
  readonly until: string
}

/** One reason why a file may be wrong. */
export interface DiagnosisNote {
  /** The kind of the diagnosis, as `diagnoseFile` of `@catalog/verify` names it. */
  readonly kind: string
  /** The same in words. */
  readonly text: string
  readonly extra?: Readonly<Record<string, unknown>>
}

/** What each error code carries. The keys are the closed list of codes. */
export interface CatalogErrorDetails {
  INVALID_INPUT: { readonly problems: readonly InputProblem[] }
  INVALID_TRANSITION: { readonly id: string; readonly from: string; readonly to: string }
  NOT_FOUND: { readonly id: string; readonly at?: string }
  /** `path`: what the model `existingId` already has there; absent if the id itself is taken. */
  ALREADY_EXISTS: { readonly id: string; readonly existingId: string; readonly path?: string }
  CONFLICT: { readonly id: string; readonly expectedRevision: number; readonly foundRevision: number }
  NOT_USABLE: { readonly id: string; readonly state: string; readonly problem: UsabilityProblem }
  IN_USE: { readonly id: string; readonly users: readonly ModelUser[] }
  /** The file at `path` is of the copy that `node` read, and no other copy counts. */
  LAST_COPY: {
    readonly id: string
    readonly path: string
    readonly node: string
    /** ISO-8601 UTC. */
    readonly verifiedAt: string
  }
  TOO_MANY_LEASES: { readonly id: string; readonly limit: number; readonly until: string }
  LEASE_ENDED: { readonly id: string; readonly leaseId: string }
  DOWNLOAD_ENDED: { readonly id: string; readonly holder: string; readonly heldBy?: ModelUser }
  DOWNLOAD_INCOMPLETE: {
    readonly id: string
    readonly path: string
    readonly expectedBytes: number
    readonly foundBytes: number
  }
  DIGEST_MISMATCH: {
    readonly id?: string
    readonly path: string
    readonly expected: string
    readonly found: string
    readonly sizeBytes: number
    readonly diagnosis?: readonly DiagnosisNote[]
    readonly isQuarantined?: true
  }
  SIZE_MISMATCH: {
    readonly id?: string
    readonly path: string
    readonly expectedBytes: number
    readonly foundBytes: number
    readonly diagnosis?: readonly DiagnosisNote[]
    readonly isQuarantined?: true
  }
  NOT_A_MODEL: {
    readonly id?: string
    readonly path: string
    readonly diagnosis: readonly DiagnosisNote[]
    readonly isQuarantined?: true
  }
  /**
   * Only the ctime differs from the evidence: the bytes may be the same, which only reading them can tell.
   */
  EVIDENCE_STALE: { readonly id: string; readonly path: string }
  FILE_CHANGED: { readonly id?: string; readonly path: string; readonly changed: readonly string[] }
  NOT_A_REGULAR_FILE: { readonly id?: string; readonly path: string; readonly kind: string }
  FILE_MISSING: { readonly id?: string; readonly path: string }
  CATALOG_MISSING: { readonly path: string }
  CATALOG_REPLACED: { readonly path: string }
  CLOSED: { readonly what: string }
  READ_ONLY: { readonly path: string }
  SHARED_FILE_SYSTEM: { readonly path: string; readonly fileSystem: string }
  DAMAGED: {
    readonly path: string
    readonly problem: string
    readonly offset?: number
    readonly length?: number
    readonly recordsBefore?: number
    readonly places?: readonly TextPlace[]
  }
  UNSUPPORTED_FORMAT: { readonly path: string; readonly found: string; readonly supported: string }
  EDITED_OUTSIDE: {
    readonly path: string
    readonly problem: string
    readonly places?: readonly TextPlace[]
  }
  NO_SPACE: { readonly path: string; readonly outcome: WriteOutcome }
  IO: {
    readonly operation: string
    readonly path?: string
    readonly errno?: string
    readonly outcome?: WriteOutcome
  }
  /** `server`: where the database is, without user and password. `errno`: of the connection, or an SQLSTATE. */
  UNAVAILABLE: {
    readonly operation: string
    readonly server: string
    readonly errno?: string
    readonly outcome?: WriteOutcome
  }
}

/** What went wrong. The codes are stable; messages may change. */
export type CatalogErrorCode = keyof CatalogErrorDetails

/** Every code, ordered by what a caller can do about it. */
export const CATALOG_ERROR_CODES: readonly CatalogErrorCode[] = [
  'INVALID_INPUT',
  'INVALID_TRANSITION',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'CONFLICT',
  'NOT_USABLE',
  'IN_USE',
  'LAST_COPY',
  'TOO_MANY_LEASES',
  'LEASE_ENDED',
  'DOWNLOAD_ENDED',
  'DOWNLOAD_INCOMPLETE',
  'DIGEST_MISMATCH',
  'SIZE_MISMATCH',
  'NOT_A_MODEL',
  'EVIDENCE_STALE',
  'FILE_CHANGED',
  'NOT_A_REGULAR_FILE',
  'FILE_MISSING',
  'CATALOG_MISSING',
  'CATALOG_REPLACED',
  'CLOSED',
  'READ_ONLY',
  'SHARED_FILE_SYSTEM',
  'DAMAGED',
  'UNSUPPORTED_FORMAT',
  'EDITED_OUTSIDE',
  'NO_SPACE',
  'IO',
  'UNAVAILABLE',
]

// One process may hold this package twice (ESM and CJS, or two versions): a registered symbol is the
// same in both, where `instanceof` on the class alone would say no.
const BRAND: unique symbol = Symbol.for('@catalog/CatalogError') as never

/**
 * The one error class of the catalog. Branch on `code`; the message is for people and may change.
 * Cancelling is not an error of this class: it rejects with the signal's own reason.
 */
export class CatalogError<C extends CatalogErrorCode = CatalogErrorCode> extends Error {
  // The class must not name itself in here: a bundler would rename it, and `_CatalogError` would stand in every log.
  /**
   * True for an error of any copy of this class, so that two installed versions know the errors of each other.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass inherits this method, and not every CatalogError is an instance of it.
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class to the right of instanceof
    const isSubclass = !Object.hasOwn(this, Symbol.hasInstance)
    // biome-ignore lint/complexity/noThisInStatic: as above
    if (isSubclass) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && BRAND in value
  }

  readonly code: C
  readonly details: CatalogErrorDetails[C]

  constructor(code: C, message: string, details: CatalogErrorDetails[C], options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CatalogError'
    this.code = code
    this.details = details
    Object.defineProperty(this, BRAND, { value: true })
  }

  /**
   * Code, message and details, without the stack or the cause. It may name paths and holders, so it is not
   * for clients.
   */
  toJSON(): { code: C; message: string; details: CatalogErrorDetails[C] } {
    return { code: this.code, message: this.message, details: this.details }
  }
}

/**
 * Whether a value is a CatalogError, of the given code if there is one; narrows `details` too.
 *
 * @example
 * ```ts
 * import { isCatalogError } from '@catalog/types'
 *
 * try {
 *   await catalog.resolve('unknown')
 * } catch (error) {
 *   if (!isCatalogError(error, 'NOT_FOUND')) throw error
 *   console.log(error.details.id) // unknown
 * }
 * ```
 */
export function isCatalogError<C extends CatalogErrorCode = CatalogErrorCode>(
  value: unknown,
  code?: C,
): value is CatalogError<C> {
  return value instanceof CatalogError && (code === undefined || value.code === code)
}

/** An INVALID_INPUT error that names every problem in its message. */
export function createInvalidInput(problems: readonly InputProblem[]): CatalogError<'INVALID_INPUT'> {
  const text = problems.map(({ field, problem }) => `${field} ${problem}`).join('; ')
  return new CatalogError('INVALID_INPUT', escapeInvisible(text), { problems })
}

/** The message may quote the refused input, which must not run away with a terminal or a log. */
function escapeInvisible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
