/** Why a source did not give what was asked for. Its message names no URL: that may carry credentials. */
export class SourceError extends Error {
  override readonly name: string = 'SourceError'
  /** Whether the next attempt may do better without an operator. */
  readonly isTransient: boolean
  /** For how long the source asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    how: { isTransient: boolean; retryAfterMs?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause: how.cause })
    this.isTransient = how.isTransient
    this.retryAfterMs = how.retryAfterMs
  }
}
