/**
 * The values that were last asked for: at least `count` of them, at most twice as many. When the young ones are too
 * many they become the old ones, and what was not asked for since the last time is forgotten.
 */
export class Recent<Key, Value> {
  readonly #count: number
  #young: Map<Key, Value> = new Map()
  #old: Map<Key, Value> = new Map()

  constructor(count: number) {
    this.#count = count
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: Key, value: Value): void {
    if (this.#young.size >= this.#count) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
