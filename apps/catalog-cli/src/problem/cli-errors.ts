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

/** What was printed could not be written, because of the disk or the device under a redirected output. */
export class OutputError extends Error {
  readonly errno: string | undefined

  constructor(cause: NodeJS.ErrnoException) {
    super(`the output could not be written: ${cause.message}`, { cause })
    this.name = 'OutputError'
    this.errno = cause.code
  }
}
