const LETTERS = 26
const UPPER_A = 0x41
const LOWER_A = 0x61
/** Odd, with its bits well mixed: 2³² divided by the golden ratio. */
const MULTIPLIER = 0x9e3779b1

/** What a byte is taken for: itself, or as a capital letter its small one, as in a folded id. */
export const FOLDED: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= UPPER_A && byte < UPPER_A + LETTERS ? byte - UPPER_A + LOWER_A : byte,
)

/** What a byte adds to a hash. Random for each process, so that no caller can choose names that all have one hash. */
const RANDOM: Uint32Array = crypto.getRandomValues(new Uint32Array(256))
const ADDED: Uint32Array = Uint32Array.from(FOLDED, (folded) => RANDOM[folded] ?? 0)

/** The hash of a text, the same for texts that differ only in the case of ASCII letters. */
export function hashText(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    hash = mix(hash ^ (unit >>> 8), unit & 0xff)
  }
  return hash >>> 0
}

/** That of the ASCII text in some bytes. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0
  for (let index = start; index < end; index += 1) hash = mix(hash, bytes[index] ?? 0)
  return hash >>> 0
}

function mix(hash: number, byte: number): number {
  const product = Math.imul(hash ^ (ADDED[byte] ?? 0), MULTIPLIER)
  return product ^ (product >>> 15)
}

/** Finds, of many items 0, 1, 2 …, those that may have a hash: some eight bytes for each, where a Map takes a hundred. */
export class HashChains {
  /** One more than the first item of each chain; 0 if there is none. */
  readonly #heads: Uint32Array
  /** For each item, one more than the next of its chain. */
  readonly #next: Uint32Array
  readonly #mask: number

  constructor(count: number, hashOf: (item: number) => number) {
    let chains = 1
    while (chains < count) chains *= 2
    this.#heads = new Uint32Array(chains)
    this.#next = new Uint32Array(count)
    this.#mask = chains - 1
    for (let item = count - 1; item >= 0; item -= 1) {
      const chain = hashOf(item) & this.#mask
      this.#next[item] = this.#heads[chain] ?? 0
      this.#heads[chain] = item + 1
    }
  }

  /** The lowest item that may have this hash; -1 if there is none. */
  first(hash: number): number {
    return (this.#heads[hash & this.#mask] ?? 0) - 1
  }

  /** The next item that may have the hash of this one; -1 if there is none. */
  after(item: number): number {
    return (this.#next[item] ?? 0) - 1
  }
}
