/** Room `journal`: the journal that a store has open, and commits that share a record. */

import type { EncodedCommit } from '../format/record.ts'
import type { AppliedCommit } from '../state/catalog-state.ts'

/**
 * The most JSON text that goes into one record, unless one call has more: a reader of one of its changes has to parse
 * all.
 */
const MAX_BATCH_LENGTH = 1 << 16

interface Submission {
  readonly commits: readonly EncodedCommit[]
  readonly resolve: (outcomes: readonly AppliedCommit[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets all callers that come while a record is being synced share the next one: one write and one sync for
 * all of them, which is what makes many small commits cheap.
 */
export class GroupCommit {
  readonly #append: (commits: readonly EncodedCommit[]) => Promise<readonly AppliedCommit[]>
  #waiting: Submission[] = []
  #draining: Promise<void> | undefined

  constructor(append: (commits: readonly EncodedCommit[]) => Promise<readonly AppliedCommit[]>) {
    this.#append = append
  }

  /** Resolves to the outcome of each commit, all in one record, once that is durable. */
  submit(commits: readonly EncodedCommit[]): Promise<readonly AppliedCommit[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commits, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  /** Resolves when nothing is under way or waiting. */
  async idle(): Promise<void> {
    await this.#draining
  }

  async #drain(): Promise<void> {
    // One turn later, so that callers of the same turn are in the first record together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#writeBatch(this.#takeBatch())
    this.#draining = undefined
  }

  #takeBatch(): readonly Submission[] {
    let length = 0
    let count = 0
    for (const { commits } of this.#waiting) {
      length += commits.reduce((sum, { text }) => sum + text.length, 0)
      if (count > 0 && length > MAX_BATCH_LENGTH) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #writeBatch(batch: readonly Submission[]): Promise<void> {
    try {
      const outcomes = await this.#append(batch.flatMap(({ commits }) => commits))
      let next = 0
      for (const { commits, resolve } of batch) {
        resolve(outcomes.slice(next, next + commits.length))
        next += commits.length
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
