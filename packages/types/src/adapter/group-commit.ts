interface Submission<Item, Outcome> {
  readonly items: readonly Item[]
  readonly resolve: (outcomes: readonly Outcome[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets all callers that come while a write is under way share the next one, which is what makes many small
 * commits cheap. Writes are made one after the other, and the items of one call are never apart.
 *
 * @typeParam Item - What is written; `text` counts for the length of a write.
 * @typeParam Outcome - What a write gives for each item.
 */
export class GroupCommit<Item extends { readonly text: string }, Outcome> {
  readonly #write: (items: readonly Item[]) => Promise<readonly Outcome[]>
  readonly #maxLength: number
  #waiting: Submission<Item, Outcome>[] = []
  #draining: Promise<void> | undefined

  /**
   * @param write gives the outcome of each item, in order
   * @param maxLength the most text of one write, in characters, unless one call has more
   */
  constructor(write: (items: readonly Item[]) => Promise<readonly Outcome[]>, maxLength: number) {
    this.#write = write
    this.#maxLength = maxLength
  }

  /** Resolves to the outcome of each item, all in one write, once that is done. Rejects as the write does. */
  submit(items: readonly Item[]): Promise<readonly Outcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Resolves when nothing is under way or waiting. */
  async idle(): Promise<void> {
    await this.#draining
  }

  async #drain(): Promise<void> {
    // One turn later, so that callers of the same turn are in the first write together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#writeBatch(this.#takeBatch())
    this.#draining = undefined
  }

  #takeBatch(): readonly Submission<Item, Outcome>[] {
    let length = 0
    let count = 0
    for (const { items } of this.#waiting) {
      length += items.reduce((sum, { text }) => sum + text.length, 0)
      if (count > 0 && length > this.#maxLength) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #writeBatch(batch: readonly Submission<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#write(batch.flatMap(({ items }) => items))
      let next = 0
      for (const { items, resolve } of batch) {
        resolve(outcomes.slice(next, next + items.length))
        next += items.length
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
