import { SimulatedInode } from './simulated-inode.ts'

/** A symbolic link: only there to be refused. */
export class SimulatedLink {}

export type DirectoryEntry = SimulatedInode | SimulatedDirectory | SimulatedLink

/** What one name becomes by one operation; no entry: it is free again. */
export interface NameChange {
  readonly directory: SimulatedDirectory
  readonly name: string
  readonly entry: DirectoryEntry | undefined
}

/** The names as every process sees them, and as a power cut would leave them. */
export class SimulatedDirectory {
  readonly names: Map<string, DirectoryEntry> = new Map()
  readonly #durable: Map<string, DirectoryEntry> = new Map()
  /** The operation that last made a name durable: an older one that is synced later must not undo it. */
  readonly #madeDurableBy: Map<string, number> = new Map()

  change(name: string, entry: DirectoryEntry | undefined): void {
    setOrDelete(this.names, name, entry)
  }

  makeDurable(name: string, entry: DirectoryEntry | undefined, operation: number): void {
    if ((this.#madeDurableBy.get(name) ?? 0) > operation) return
    this.#madeDurableBy.set(name, operation)
    setOrDelete(this.#durable, name, entry)
  }

  /** After a power cut: what was durable is what there is. */
  restart(): void {
    this.names.clear()
    for (const [name, entry] of this.#durable) this.names.set(name, entry)
  }

  /** A deep copy; `copies` keeps hard links to one file together. */
  clone(copies: Map<DirectoryEntry, DirectoryEntry>): SimulatedDirectory {
    const copy = new SimulatedDirectory()
    copies.set(this, copy)
    for (const [name, entry] of this.names) copy.names.set(name, cloneEntry(entry, copies))
    for (const [name, entry] of this.#durable) copy.#durable.set(name, cloneEntry(entry, copies))
    for (const [name, operation] of this.#madeDurableBy) copy.#madeDurableBy.set(name, operation)
    return copy
  }

  *entries(): Generator<DirectoryEntry> {
    yield* this.names.values()
    yield* this.#durable.values()
  }
}

export function cloneEntry(
  entry: DirectoryEntry,
  copies: Map<DirectoryEntry, DirectoryEntry>,
): DirectoryEntry {
  const known = copies.get(entry)
  if (known !== undefined) return known
  const copy = entry instanceof SimulatedDirectory ? entry.clone(copies) : cloneLeaf(entry)
  copies.set(entry, copy)
  return copy
}

function cloneLeaf(entry: SimulatedInode | SimulatedLink): DirectoryEntry {
  return entry instanceof SimulatedInode ? entry.clone() : entry
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
