/** Room `problem`: errors, hints and exit codes. */

import type { CliErrorCode } from './exit-codes.ts'

/** What ends a command without being an error of the catalog; the code decides how the process ends. */
export class CliError extends Error {
  readonly code: CliErrorCode

  constructor(code: CliErrorCode, message: string) {
    super(message)
    this.name = 'CliError'
    this.code = code
  }
}

/** An error and what the user may do about it, found while the catalog was still open. */
export class HintedError extends Error {
  readonly hint: string

  constructor(cause: unknown, hint: string) {
    super(hint, { cause })
    this.name = 'HintedError'
    this.hint = hint
  }
}
