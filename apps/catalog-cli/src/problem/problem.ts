/** An error as the user sees it. */
export interface Problem {
  readonly code: string
  readonly exitCode: number
  readonly message: string
  readonly details?: unknown
  readonly hint?: string | undefined
  /** Of an unexpected error; shown only on demand. */
  readonly stack?: string | undefined
}

/** `catalog: <message> [CODE]`, and a second line with the hint where there is one. */
export function formatProblem({ message, code, hint }: Problem): readonly string[] {
  const line = `catalog: ${message} [${code}]`
  return hint === undefined ? [line] : [line, `  hint: ${hint}`]
}

export interface JsonProblem {
  readonly code: string
  readonly message: string
  readonly details: unknown
  readonly hint?: string
}

/** What `--json` says of an error. */
export function toJsonProblem({ code, message, details = {}, hint }: Problem): JsonProblem {
  return { code, message, details, ...(hint !== undefined && { hint }) }
}
