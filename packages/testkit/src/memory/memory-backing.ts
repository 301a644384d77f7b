import {
  CatalogError,
  type CommittedChange,
  type ModelEntry,
  type ModelId,
  type RemovedModel,
  type StoredSettings,
} from '@catalog/types'
import {
  type CheckedChange,
  decodeEntry,
  foldModelId,
  NO_SETTINGS,
  TotalsTally,
} from '@catalog/types/adapter'
import { MemoryHistory } from './memory-history.ts'

/** How a catalog in memory keeps its history. */
export interface MemoryBackingOptions {
  /**
   * How many positions a part of the history has, which is pruned as a whole. Default: the history is one
   * part.
   */
  readonly segmentLength?: number
}

/** What is known under one folded id. A removed entry leaves its revision behind. */
interface Slot {
  readonly id: ModelId
  readonly revision: number
  readonly entry: ModelEntry | null
}

/** The catalog that several memory stores share, as several processes share a directory. */
export class MemoryBacking {
  readonly #slots: Map<string, Slot> = new Map()
  readonly history: MemoryHistory
  /** Called with every change. */
  readonly listeners: Set<(change: CommittedChange) => void> = new Set()
  position = 0
  /** Whether every commit rejects with NO_SPACE. */
  isFull = false
  settings: StoredSettings = NO_SETTINGS
  readonly tally: TotalsTally = new TotalsTally(0)

  constructor({ segmentLength = Number.POSITIVE_INFINITY }: MemoryBackingOptions = {}) {
    this.history = new MemoryHistory(segmentLength)
  }

  /**
   * Refuses a commit while `isFull` is set.
   *
   * @throws {CatalogError} NO_SPACE if `isFull` is set
   */
  assertSpace(): void {
    if (!this.isFull) return
    throw new CatalogError('NO_SPACE', 'the memory is full', { path: 'memory', outcome: 'none' })
  }

  /** The entry whose id has this folded form, whatever its case. */
  find(foldedId: string): ModelEntry | undefined {
    return this.#slots.get(foldedId)?.entry ?? undefined
  }

  /** All entries, by id. */
  entries(): readonly ModelEntry[] {
    const present = [...this.#slots.values()].flatMap(({ entry }) => (entry === null ? [] : [entry]))
    return present.sort((a, b) => compareIds(a.id, b.id))
  }

  /** The ids that were removed, each with its last revision. */
  removed(): readonly RemovedModel[] {
    return [...this.#slots.values()].flatMap(({ id, revision, entry }) =>
      entry === null ? [{ id, revision }] : [],
    )
  }

  /** Adds a change to the history, and calls the listeners. */
  record(change: CommittedChange): void {
    this.history.add(change)
    for (const listener of this.listeners) listener(change)
  }

  /** Applies a change whose condition holds and returns the entry with its new revision. */
  put({ id, wire }: CheckedChange): Slot {
    const foldedId = foldModelId(id)
    const revision = (this.#slots.get(foldedId)?.revision ?? 0) + 1
    const slot = { id, revision, entry: wire === null ? null : decodeEntry(wire, revision) }
    this.#slots.set(foldedId, slot)
    return slot
  }
}

/** An empty catalog in memory, to be opened by any number of stores. */
export function createMemoryBacking(options?: MemoryBackingOptions): MemoryBacking {
  return new MemoryBacking(options)
}

/** By code unit, not by locale: the same order in every store and on every machine. */
function compareIds(a: ModelId, b: ModelId): number {
  return a < b ? -1 : 1
}
