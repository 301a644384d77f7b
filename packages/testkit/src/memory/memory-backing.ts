import type { CommittedChange, ModelEntry, ModelId, StoredSettings } from '@catalog/types'
import {
  type CheckedChange,
  decodeEntry,
  foldModelId,
  NO_SETTINGS,
  TotalsTally,
} from '@catalog/types/adapter'

/** What is known under one folded id. A removed entry leaves its revision behind. */
interface Slot {
  readonly revision: number
  readonly entry: ModelEntry | null
}

/** What several memory stores share, as several processes share a directory. */
export class MemoryBacking {
  readonly #slots: Map<string, Slot> = new Map()
  readonly history: CommittedChange[] = []
  /** Told of every change that is made. */
  readonly listeners: Set<(change: CommittedChange) => void> = new Set()
  position = 0
  settings: StoredSettings = NO_SETTINGS
  readonly tally: TotalsTally = new TotalsTally(0)

  /** The entry whose id has this folded form, whatever its case. */
  find(foldedId: string): ModelEntry | undefined {
    return this.#slots.get(foldedId)?.entry ?? undefined
  }

  entries(): readonly ModelEntry[] {
    const present = [...this.#slots.values()].flatMap(({ entry }) => (entry === null ? [] : [entry]))
    return present.sort((a, b) => compareIds(a.id, b.id))
  }

  /** Adds to the history, and tells who watches. */
  record(change: CommittedChange): void {
    this.history.push(change)
    for (const listener of this.listeners) listener(change)
  }

  /** Applies a change whose condition holds and returns the entry with its new revision. */
  put({ id, wire }: CheckedChange): Slot {
    const foldedId = foldModelId(id)
    const revision = (this.#slots.get(foldedId)?.revision ?? 0) + 1
    const slot = { revision, entry: wire === null ? null : decodeEntry(wire, revision) }
    this.#slots.set(foldedId, slot)
    return slot
  }
}

/** An empty catalog in memory, to be opened by any number of stores. */
export function createMemoryBacking(): MemoryBacking {
  return new MemoryBacking()
}

/** By code unit, not by locale: the same order in every store and on every machine. */
function compareIds(a: ModelId, b: ModelId): number {
  return a < b ? -1 : 1
}
