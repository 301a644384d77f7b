import type { ModelEntry } from '@catalog/types'

/** How much text of entries is kept in each of the two halves, in characters. */
const MAX_LENGTH = 4 << 20

/**
 * Entries that were read lately, by their text: what was read again and has not changed need not be decoded again, which takes
 * longer than reading it. An entry is frozen, so that all may have the same one.
 */
export class EntryCache {
  #recent = new Map<string, ModelEntry>()
  #older = new Map<string, ModelEntry>()
  #recentLength = 0

  /** The entry that a text says, with its revision: decoded unless it is kept. */
  get(text: string, decode: (text: string) => ModelEntry): ModelEntry {
    const recent = this.#recent.get(text)
    if (recent !== undefined) return recent
    const entry = this.#older.get(text) ?? decode(text)
    this.#keep(text, entry)
    return entry
  }

  #keep(text: string, entry: ModelEntry): void {
    if (text.length > MAX_LENGTH / 16) return
    this.#recent.set(text, entry)
    this.#recentLength += text.length
    if (this.#recentLength < MAX_LENGTH) return
    this.#older = this.#recent
    this.#recent = new Map()
    this.#recentLength = 0
  }
}
