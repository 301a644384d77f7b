import {
  type CommittedChange,
  createInvalidInput,
  type PrunedHistory,
  type PruneOptions,
} from '@catalog/types'

/** Past changes in memory, in parts of so many positions each. */
export class MemoryHistory {
  readonly #changes: CommittedChange[] = []
  readonly #partLength: number
  /** The position before the first change that is kept. */
  beginning = 0

  constructor(partLength: number) {
    this.#partLength = partLength
  }

  get length(): number {
    return this.#changes.length
  }

  add(change: CommittedChange): void {
    this.#changes.push(change)
  }

  /**
   * The changes after a position, oldest first; 0 = all that are kept.
   *
   * @throws {CatalogError} INVALID_INPUT if what came next is gone
   */
  after(since: number): readonly CommittedChange[] {
    if (since !== 0 && since < this.beginning) {
      const problem = `is before ${this.beginning}, where the history begins`
      throw createInvalidInput([{ field: 'since', problem }])
    }
    return this.#changes.filter((change) => change.position > since)
  }

  /** How many parts there are at this position. */
  countParts(position: number): number {
    return Math.floor((position - this.beginning) / this.#partLength) + 1
  }

  prune(position: number, { keepSegments = 2, before, dryRun = false }: PruneOptions = {}): PrunedHistory {
    const parts = this.countParts(position)
    const older = Array.from({ length: Math.max(0, parts - keepSegments) }, (_, part) => part)
    const kept = older.find((part) => before !== undefined && this.#hasChangeSince(part, before))
    const removed = older.slice(0, kept).map((part) => this.#describe(part))
    if (!dryRun && removed.length > 0) this.forgetUntil(this.beginning + removed.length * this.#partLength)
    return { removed, segments: parts - removed.length }
  }

  /** Takes away the changes up to a position, at which the history begins from then on. */
  forgetUntil(position: number): void {
    const kept = this.#changes.filter((change) => change.position > position)
    this.#changes.splice(0, this.#changes.length, ...kept)
    this.beginning = position
  }

  #hasChangeSince(part: number, time: Date): boolean {
    return this.#changes.some((change) => this.#partOf(change) === part && Date.parse(change.at) >= +time)
  }

  #partOf({ position }: CommittedChange): number {
    return Math.floor((position - this.beginning - 1) / this.#partLength)
  }

  /** A part has no file: its path is a name for it. */
  #describe(part: number): PrunedHistory['removed'][number] {
    return { path: `memory:${this.beginning + part * this.#partLength}`, sizeBytes: 0 }
  }
}
