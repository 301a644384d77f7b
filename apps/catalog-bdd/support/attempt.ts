import assert from 'node:assert/strict'
import { inspect } from 'node:util'

/**
 * The guard. A When runs what may be refused in here, so that a Then can look at the refusal. An error that no
 * Then looked at is one that the scenario knows nothing of: it fails the scenario.
 */
export class Attempt {
  #error: { readonly value: unknown; isAsserted: boolean } | undefined

  /** Runs the action; its error is kept for a Then. */
  async run<T>(action: () => Promise<T>): Promise<T | undefined> {
    this.assertNothingUnexpected()
    this.#error = undefined
    try {
      return await action()
    } catch (value) {
      this.#error = { value, isAsserted: false }
      return undefined
    }
  }

  /** The error of the last When, which from now on counts as expected; fails if there was none. */
  takeError(): unknown {
    assert.ok(this.#error, 'an error was expected, and the step before went through')
    this.#error.isAsserted = true
    return this.#error.value
  }

  /** Fails where an error is left that no Then has looked at. */
  assertNothingUnexpected(): void {
    if (this.#error === undefined || this.#error.isAsserted) return
    const { value } = this.#error
    // In words too, because reports do not show the cause of an error.
    throw new Error(`no step expected this error: ${inspect(value)}`, { cause: value })
  }
}
