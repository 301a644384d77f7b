import { isCatalogError } from 'model-catalog'
import { CliError, HintedError, OutputError } from './cli-errors.ts'
import { CATALOG_EXIT_CODES, EXIT_CODES } from './exit-codes.ts'
import { hintOf } from './hints.ts'
import type { Problem } from './problem.ts'

/** What to tell of an error, and what to end with. */
export function toProblem(error: unknown): Problem {
  if (error instanceof HintedError) return { ...toProblem(error.cause), hint: error.hint }
  if (error instanceof CliError) {
    return { code: error.code, exitCode: EXIT_CODES[error.code], message: error.message }
  }
  if (isCatalogError(error)) {
    const { code, message, details } = error
    return { code, exitCode: CATALOG_EXIT_CODES[code], message, details, hint: hintOf(error) }
  }
  if (error instanceof OutputError) return toOutputProblem(error)
  const isError = error instanceof Error
  return {
    code: 'UNEXPECTED',
    exitCode: EXIT_CODES.UNEXPECTED,
    message: isError ? error.message : String(error),
    stack: isError ? error.stack : undefined,
  }
}

/** With the codes of the catalog: for a script it is the same disk that is full. */
function toOutputProblem({ message, errno }: OutputError): Problem {
  const code = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'NO_SPACE' : 'IO'
  return { code, exitCode: CATALOG_EXIT_CODES[code], message }
}
