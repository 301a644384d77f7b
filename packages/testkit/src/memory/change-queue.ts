/** Room `memory`: a store that keeps the catalog in memory. */
import type { CommittedChange } from '@catalog/types'

type Result = IteratorResult<CommittedChange>

/** The changes that a watcher has not taken yet, as the iterator that it takes them from. */
export class ChangeQueue implements AsyncIterableIterator<CommittedChange> {
  readonly #changes: CommittedChange[] = []
  readonly #waiting: Waiting[] = []
  readonly #release: () => void
  #end: { readonly error?: unknown } | undefined

  /** @param release called once, when nothing is to be pushed any more. */
  constructor(release: () => void) {
    this.#release = release
  }

  push(value: CommittedChange): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#changes.push(value)
    else waiting.resolve({ done: false, value })
  }

  /** Ends it with an error, which stands in front of all that was not taken. */
  fail(error: unknown): void {
    if (this.#end !== undefined) return
    this.#changes.length = 0
    this.#release()
    const first = this.#waiting.shift()
    this.#finish(first === undefined ? { error } : {})
    first?.reject(error)
  }

  next(): Promise<Result> {
    const end = this.#end
    if (end !== undefined) {
      this.#end = {}
      return 'error' in end ? Promise.reject(end.error) : Promise.resolve({ done: true, value: undefined })
    }
    const value = this.#changes.shift()
    if (value !== undefined) return Promise.resolve({ done: false, value })
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  async return(): Promise<Result> {
    if (this.#end === undefined) this.#release()
    this.#finish({})
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#end = end
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }
}

interface Waiting {
  resolve(result: Result): void
  reject(error: unknown): void
}
