/** Items in order, added behind and taken from the front, each in constant time: `shift` moves all of a long array. */
export class FrontQueue<T> {
  #items: T[] = []
  #front = 0

  get first(): T | undefined {
    return this.#items[this.#front]
  }

  get last(): T | undefined {
    return this.#items.at(-1)
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Takes the items at the front for which this is so, and returns the last of them. */
  takeWhile(isTaken: (item: T) => boolean): T | undefined {
    let taken: T | undefined
    for (let item = this.first; item !== undefined && isTaken(item); item = this.first) {
      taken = item
      this.#front += 1
    }
    // Nothing stays of what was taken if that is all; else seldom, as it moves what is left.
    // Stryker disable next-line ConditionalExpression,EqualityOperator: it only decides how often.
    if (2 * this.#front > this.#items.length) {
      this.#items = this.#items.slice(this.#front)
      this.#front = 0
    }
    return taken
  }
}
