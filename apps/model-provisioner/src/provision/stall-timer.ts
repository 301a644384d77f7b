import { SourceError } from '../source/source-error.ts'

/** The longest that a timer of Node can take. */
const LONGEST_MS = 2 ** 31 - 1

/** Ends a request that brings nothing for too long. */
export class StallTimer {
  /** Aborted with the caller's reason, or because the source is silent. */
  readonly signal: AbortSignal
  readonly #controller: AbortController = new AbortController()
  readonly #ms: number
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(outer: AbortSignal, ms: number) {
    this.signal = AbortSignal.any([outer, this.#controller.signal])
    this.#ms = Math.min(ms, LONGEST_MS)
    this.touch()
  }

  /** Something came. */
  touch(): void {
    clearTimeout(this.#timer)
    if (this.#isOver) return
    this.#timer = setTimeout(() => this.#controller.abort(this.#toError()), this.#ms)
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #toError(): SourceError {
    return new SourceError(`the source sent nothing for ${this.#ms / 1000} s`, { isTransient: true })
  }
}
