/** The most ids in one chunk; more are cut in two. */
const CHUNK_LENGTH = 1024

/**
 * Ids in order, by code unit. Kept in chunks, so that adding or taking away one of a million moves a thousand
 * at most, and a page is found without looking at those before it.
 */
export class SortedIds {
  /** None is empty, but for the only one of an empty set. */
  #chunks: string[][] = [[]]

  constructor(ids: Iterable<string> = []) {
    const sorted = [...ids].sort()
    for (let first = 0; first < sorted.length; first += CHUNK_LENGTH / 2) {
      this.#chunks[first / (CHUNK_LENGTH / 2)] = sorted.slice(first, first + CHUNK_LENGTH / 2)
    }
  }

  get isEmpty(): boolean {
    return this.#chunks[0]?.length === 0
  }

  add(id: string): void {
    const index = this.#chunkOf(id)
    const chunk = this.#chunks[index] ?? []
    const place = lowerBound(chunk, id)
    if (chunk[place] === id) return
    chunk.splice(place, 0, id)
    if (chunk.length > CHUNK_LENGTH) this.#chunks.splice(index + 1, 0, chunk.splice(CHUNK_LENGTH / 2))
  }

  delete(id: string): void {
    const index = this.#chunkOf(id)
    const chunk = this.#chunks[index] ?? []
    const place = lowerBound(chunk, id)
    if (chunk[place] !== id) return
    chunk.splice(place, 1)
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1)
  }

  /** The ids behind this one, in order. Not to be used on after a change. */
  *after(id: string): Generator<string> {
    const first = this.#chunkOf(id)
    for (let index = first; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index] ?? []
      let place = index === first ? lowerBound(chunk, id) : 0
      if (chunk[place] === id) place += 1
      for (; place < chunk.length; place += 1) yield chunk[place] ?? ''
    }
  }

  /** The last chunk that does not begin behind the id, or the first one. */
  #chunkOf(id: string): number {
    let low = 0
    let high = this.#chunks.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#chunks[middle]?.[0] ?? '') <= id) low = middle
      else high = middle
    }
    return low
  }
}

/** The first place whose id is not in front of the given one. */
function lowerBound(ids: readonly string[], id: string): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] ?? '') < id) low = middle + 1
    else high = middle
  }
  return low
}
