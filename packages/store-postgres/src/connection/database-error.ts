/** Room `connection`: the pool, deadlines, and what the errors of the database mean. */

import { CatalogError, isCatalogError, type WriteOutcome } from '@catalog/types'
import { DeadlineError } from './deadline.ts'

/** The codes that the functions of the schema raise. */
const RAISED = {
  /** Another catalog is in the schema. */
  replaced: 'MC001',
  /** A later call of this writer was already answered. */
  superseded: 'MC002',
  /** What is stored contradicts itself. */
  damaged: 'MC004',
} as const

/** The transaction may be repeated as it is: serialization failure, deadlock. */
const CONTENDED = ['40001', '40P01']
/** The server goes away, comes up, or has no connection left. */
const AWAY = ['57P01', '57P02', '57P03', '53300']
/** A lock or the statement took too long. */
const TOO_SLOW = ['55P03', '57014']
/** Of Node.js; any other code of it is of the connection as well. */
const SQLSTATE = /^[0-9A-Z]{5}$/u
/** A connection that will not come by trying again: wrong password, no such role or database, certificates. */
const REFUSED = /^(?:28...|3D000|CERT_.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO_.*|ERR_TLS.*)$/u

/** `read_only_sql_transaction`: a standby answers so. */
const READ_ONLY = '25006'

const BUGS = [TypeError, RangeError, SyntaxError, ReferenceError]

/** What an error is described with. */
export interface ErrorContext {
  readonly operation: string
  readonly place: string
  readonly password: string | undefined
  /** Of a change; undefined if nothing was to be changed. */
  readonly outcome: WriteOutcome | undefined
}

/** The SQLSTATE, or the code of Node.js; undefined if there is none. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** The server asks for a password that is missing or empty, or its own answer is wrong: `pg` gives such errors no code. */
function isRefusedLogin(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('SASL: ')
}

/** Whether the connection is gone, so that the answer to what was sent will not come. */
export function isLostConnection(error: unknown): boolean {
  if (isCatalogError(error)) return false
  const code = codeOf(error)
  // A connection that breaks is a plain Error of `pg`, without a code.
  if (code === undefined)
    return error instanceof Error && !isRefusedLogin(error) && !BUGS.some((bug) => error instanceof bug)
  if (REFUSED.test(code)) return false
  if (!SQLSTATE.test(code) || /^[A-Z]+$/u.test(code)) return true
  return code.startsWith('08') || AWAY.includes(code)
}

/** The server lacks something or has met a fault: then it may have ended, and it has sent this as its last word. */
const TROUBLE = /^(?:53|58|XX)/u

/** Whether the connection has to be tried to know if a change may have happened: the text of a severity is translated. */
export function isTrouble(error: unknown): boolean {
  return !isCatalogError(error) && TROUBLE.test(codeOf(error) ?? '')
}

/** The server ended while it was at work: its error does not say whether that was before or after the commit. */
export class EndedServerError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'EndedServerError'
  }
}

/** Whether the server takes no changes. */
export function isReadOnlyServer(error: unknown): boolean {
  return codeOf(error) === READ_ONLY
}

/** A server takes no changes in the place of one that did: during a failover, the standby that was not promoted yet. */
export class StandbyError extends Error {
  constructor(cause: unknown) {
    super('the server is a standby now', { cause })
    this.name = 'StandbyError'
  }
}

/** Whether the same call may succeed a moment later. */
export function isWorthRepeating(error: unknown): boolean {
  if (error instanceof DeadlineError) return false
  return isLostConnection(error) || CONTENDED.includes(codeOf(error) ?? '')
}

/** The error of the catalog for one of the database, whose details may have what is stored and are left out. */
export function toStoreError(error: unknown, context: ErrorContext): Error {
  if (isCatalogError(error)) return error
  const { operation, place: path, outcome } = context
  const code = codeOf(error)
  const cause = toCause(error, context)
  const options = { cause }
  const why = cause.message
  if (isAway(error, code)) {
    return new CatalogError(
      'UNAVAILABLE',
      `could not ${operation}: ${path} does not answer: ${why}`,
      {
        ...{ operation, server: path },
        ...(code !== undefined && { errno: code }),
        ...(outcome !== undefined && { outcome }),
      },
      options,
    )
  }
  switch (code) {
    case READ_ONLY:
      return new CatalogError('READ_ONLY', `${path} is read-only: ${why}`, { path }, options)
    case '53100':
      return new CatalogError(
        'NO_SPACE',
        `${path} has no space left`,
        { path, outcome: outcome ?? 'none' },
        options,
      )
    case RAISED.replaced:
    case '42P01':
    case '42883':
    case '3F000':
      return new CatalogError(
        'CATALOG_REPLACED',
        `the catalog that was opened is no longer at ${path}`,
        { path },
        options,
      )
    case RAISED.damaged:
    case 'XX001':
    case 'XX002':
      return new CatalogError('DAMAGED', `${path} is damaged: ${why}`, { path, problem: why }, options)
    default:
  }
  if (code === '42501' && outcome !== undefined)
    return new CatalogError('READ_ONLY', `the role may not write to ${path}: ${why}`, { path }, options)
  return new CatalogError(
    'IO',
    `could not ${operation}: ${path}: ${why}`,
    {
      ...{ operation, path },
      ...(code !== undefined && { errno: code }),
      ...(outcome !== undefined && { outcome }),
    },
    options,
  )
}

function isAway(error: unknown, code: string | undefined): boolean {
  if (error instanceof DeadlineError || isLostConnection(error)) return true
  return [...CONTENDED, ...TOO_SLOW].includes(code ?? '')
}

function isMissingPassword(error: unknown): boolean {
  return isRefusedLogin(error) && error instanceof Error && /client password must be/u.test(error.message)
}

/**
 * Message and code of the original. Its other fields quote rows and parameters, in which sources may have credentials.
 */
function toCause(error: unknown, { password }: ErrorContext): Error {
  const text = isMissingPassword(error)
    ? 'the server asks for a password, and none was given'
    : error instanceof Error
      ? error.message || error.name
      : String(error)
  const shown = password === undefined || password === '' ? text : text.replaceAll(password, '…')
  const cause = new Error(shown)
  const code = codeOf(error)
  if (code !== undefined) Object.defineProperty(cause, 'code', { value: code, enumerable: true })
  return cause
}
