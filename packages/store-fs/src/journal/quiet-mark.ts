import type { Timers } from '../disk/timers.ts'
import type { Journal } from './journal.ts'

/**
 * How often a writer looks whether it was quiet since the last look. If so, it puts the sync of its last commit on
 * record: at most a second after that. A timer for each commit would cost more.
 */
const QUIET_MS = 500

/** Puts the sync of a writer's last commit on record once it is quiet. */
export class QuietMark {
  readonly #journal: Pick<Journal, 'mark'>
  readonly #timers: Timers
  /** Whether the sync of the last commit is not on record yet. */
  #isNeeded = false
  /** Whether there was no commit since the last look. */
  // Stryker disable next-line BooleanLiteral: each commit sets it before it is read.
  #isQuiet = false
  #isEnded = false
  #cancel: (() => void) | undefined
  #making: Promise<void> | undefined

  constructor(journal: Pick<Journal, 'mark'>, timers: Timers) {
    this.#journal = journal
    this.#timers = timers
  }

  /** To be called after every commit. */
  touch(): void {
    this.#isNeeded = true
    this.#isQuiet = false
    if (this.#cancel === undefined && !this.#isEnded) this.#awaitQuiet()
  }

  /** Makes the mark, if one is needed, and no other after it. */
  async end(): Promise<void> {
    this.#isEnded = true
    this.#cancel?.()
    await this.#making
    if (this.#isNeeded) await this.#journal.mark()
  }

  #awaitQuiet(): void {
    this.#cancel = this.#timers.after(QUIET_MS, () => {
      this.#cancel = undefined
      if (this.#isQuiet) return this.#make()
      this.#isQuiet = true
      this.#awaitQuiet()
    })
  }

  /** Best effort: a mark only makes later damage easier to tell from an unfinished write. */
  #make(): void {
    this.#isNeeded = false
    this.#making = this.#journal.mark().catch(() => undefined)
  }
}
