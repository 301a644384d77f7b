import {
  type Attribution,
  createInvalidInput,
  type DigestFileOptions,
  type InputProblem,
} from '@catalog/types'
import { parseAttribution } from '@catalog/types/schema'

/** Who removes a model or sets its state, why, and at which revision if only at that one. */
export interface WriteOptions extends Attribution {
  /** The revision that the caller saw; CONFLICT where the entry has another by now. */
  readonly ifRevision?: number | undefined
}

/** How a verification is watched, cancelled and attributed. */
export interface VerifyOptions extends DigestFileOptions, Attribution {}

/** The checked options, or INVALID_INPUT. */
export function parseWriteOptions(options: WriteOptions): WriteOptions {
  const { ifRevision } = options
  if (ifRevision !== undefined && !(Number.isSafeInteger(ifRevision) && ifRevision > 0)) {
    throw createInvalidInput([{ field: 'ifRevision', problem: 'must be a whole number from 1' }])
  }
  return { ...parseAttribution(options), ifRevision }
}

/** INVALID_INPUT naming every option that there is not: a misspelt one would silently not count. */
export function assertKnownOptions(options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw createInvalidInput([{ field: 'options', problem: 'must be an object' }])
  }
  const unknown = Object.keys(options).filter((field) => !known.includes(field))
  if (unknown.length === 0) return
  throw createInvalidInput(unknown.map((field) => ({ field, problem: 'is not a known field' })))
}

/** The path as it is, or INVALID_INPUT. */
export function parsePath(path: unknown): string {
  return parseText('path', path)
}

/** A text that is looked for as it is, or INVALID_INPUT. */
export function parseText(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  const problem: InputProblem = { field, problem: 'must be a text of at least one character, without NUL' }
  throw createInvalidInput([problem])
}

/** A position in the history, or INVALID_INPUT. */
export function parsePosition(since: unknown): number {
  if (typeof since === 'number' && Number.isSafeInteger(since) && since >= 0) return since
  throw createInvalidInput([{ field: 'since', problem: 'must be a whole number from 0' }])
}
