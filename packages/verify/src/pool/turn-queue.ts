/** Lends a fixed set of things, each to one holder at a time, in the order of asking. */
export class TurnQueue<T> {
  readonly #free: T[]
  readonly #waiting: Set<(thing: T) => void> = new Set()

  constructor(things: readonly T[]) {
    this.#free = [...things]
  }

  /** The thing given back last, so that those never needed are never started. Rejects with the signal's reason. */
  async take(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    return this.#free.pop() ?? (await this.#wait(signal))
  }

  /** Gives a thing back, to the caller that has waited longest. */
  give(thing: T): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free.push(thing)
    else next(thing)
  }

  #wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const onTurn = (thing: T): void => {
        leave()
        resolve(thing)
      }
      const onAbort = (): void => {
        leave()
        reject(signal.reason)
      }
      const leave = (): void => {
        this.#waiting.delete(onTurn)
        signal.removeEventListener('abort', onAbort)
      }
      this.#waiting.add(onTurn)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}
