import { hash } from 'node:crypto'
import type { SimulatedDisk } from './simulated-disk.ts'

interface OracleEntry {
  readonly id: string
  readonly name: string
  readonly revision: number
}

/** What the file says about one commit. */
interface OracleOutcome {
  readonly position: number
  readonly isApplied: boolean
  /** After the commit, of each of its changes. */
  readonly revisions: readonly number[]
}

interface OracleChange {
  readonly position: number
  readonly operation: string
  readonly id: string
  readonly revision: number
}

/** All that the bytes on a disk mean, by a reading of the format page that shares no code with the store. */
export interface OracleHistory {
  /** The first position that is still there, and the last. */
  readonly start: number
  readonly head: number
  /** The catalog at `start + index`, as {@link describeEntries} writes it. */
  readonly states: readonly string[]
  /** By the commit's operation, which the simulation makes unique. */
  readonly outcomes: ReadonlyMap<string, OracleOutcome>
  readonly changes: readonly OracleChange[]
  /** Operations that stand in more than one record. */
  readonly repeated: readonly string[]
  /** Where a snapshot does not say what the segments before it say. */
  readonly contradictions: readonly string[]
  readonly segments: number
  readonly tornLines: number
}

interface WireRecord {
  readonly after: readonly [number, string]
  readonly synced: readonly [number, string]
  readonly commits?: readonly {
    readonly operation: string
    readonly changes: readonly { id: string; if: number; entry: { id: string; name: string } | null }[]
  }[]
  readonly seal?: true
}

interface OracleSnapshot {
  readonly header: {
    readonly start: readonly [number, string]
    readonly entries: number
    readonly removed: number
  }
  readonly entries: readonly OracleEntry[]
  readonly removed: readonly { readonly id: string; readonly revision: number }[]
}

/** Replays what is on the disk below a root; undefined if there is no catalog yet. */
export function replayDisk(disk: SimulatedDisk, root: string): OracleHistory | undefined {
  const names = disk.exists(`${root}/.catalog`) ? disk.list(`${root}/.catalog`) : []
  const segments = names.flatMap((name) => /^snapshot-([0-9]{6})\.jsonl$/u.exec(name)?.[1] ?? []).sort()
  if (segments.length === 0) return undefined
  const snapshots = segments.map((segment) => readSnapshot(disk, root, segment))
  const oracle = new Oracle()
  segments.forEach((segment, index) => {
    const snapshot = snapshots[index]
    // What a power cut left behind the last consistent record counts no more once there is a next segment.
    const end = snapshots[index + 1]?.header.start[0] ?? Number.POSITIVE_INFINITY
    if (snapshot !== undefined) oracle.enter(snapshot)
    oracle.replay(disk.peek(`${root}/.catalog/journal-${segment}.jsonl`) ?? Buffer.alloc(0), end)
  })
  return oracle.history(segments.length)
}

/** One text for a catalog: equal texts, equal catalogs. */
export function describeEntries(entries: readonly OracleEntry[]): string {
  return entries.map(({ id, name, revision }) => `${id}=${name}@${revision}`).join(' ')
}

class Oracle {
  readonly #entries = new Map<string, OracleEntry>()
  readonly #lastRevisions = new Map<string, number>()
  readonly #states: string[] = []
  readonly #outcomes = new Map<string, OracleOutcome>()
  readonly #changes: OracleChange[] = []
  readonly #repeated: string[] = []
  readonly #contradictions: string[] = []
  /** The chain of the present segment, by record number. */
  readonly #prefixes = new Map<number, string>()
  #start = 0
  #tornLines = 0

  /** Begins with the first snapshot; any later one must be where the records have led. */
  enter(snapshot: OracleSnapshot): void {
    const { header, entries } = snapshot
    if (this.#states.length === 0) this.#restore(snapshot)
    this.#prefixes.clear()
    this.#prefixes.set(...header.start)
    const found = `${describeEntries(entries)} at ${header.start[0]}`
    const expected = `${this.#describe()} at ${this.#head}`
    if (found !== expected) this.#contradictions.push(`snapshot ${found}, records ${expected}`)
  }

  replay(bytes: Buffer, end: number): void {
    const lines = bytes.toString('latin1').split('\n').slice(0, -1)
    for (const line of lines) {
      if (line === '') continue
      const record = parseLine(line)
      if (record === undefined) this.#tornLines += 1
      else if (this.#head >= end || !this.#isInChain(record)) return
      else this.#take(record, line)
      if (record?.seal === true) return
    }
  }

  history(segments: number): OracleHistory {
    return {
      start: this.#start,
      head: this.#head,
      states: this.#states,
      outcomes: this.#outcomes,
      changes: this.#changes,
      repeated: this.#repeated,
      contradictions: this.#contradictions,
      segments,
      tornLines: this.#tornLines,
    }
  }

  get #head(): number {
    return this.#start + this.#states.length - 1
  }

  #restore({ header, entries, removed }: OracleSnapshot): void {
    this.#start = header.start[0]
    for (const { id, revision } of removed) this.#lastRevisions.set(id.toLowerCase(), revision)
    for (const entry of entries) {
      this.#lastRevisions.set(entry.id.toLowerCase(), entry.revision)
      this.#entries.set(entry.id.toLowerCase(), entry)
    }
    this.#states.push(this.#describe())
  }

  /** Where it is not, a power cut took what the record builds on, and from here on nothing counts. */
  #isInChain({ after, synced }: WireRecord): boolean {
    const holds = ([number, prefix]: readonly [number, string]) => this.#prefixes.get(number) === prefix
    if (!holds(synced)) this.#contradictions.push(`what was synced up to ${synced[0]} is gone`)
    return holds(after)
  }

  #take(record: WireRecord, line: string): void {
    const position = this.#head + 1
    this.#prefixes.set(position, digest(`${this.#prefixes.get(position - 1)}${line}`))
    for (const { operation, changes } of record.commits ?? []) {
      if (this.#outcomes.has(operation)) this.#repeated.push(operation)
      const isApplied = changes.every((change) => this.#stands(change))
      const revisions = isApplied ? changes.map((change) => this.#put(change)) : []
      this.#outcomes.set(operation, { position, isApplied, revisions })
      changes.forEach(({ id }, index) => {
        const revision = revisions[index]
        if (revision !== undefined) this.#changes.push({ position, operation, id, revision })
      })
    }
    this.#states.push(this.#describe())
  }

  #stands({ id, if: expected }: { id: string; if: number }): boolean {
    const entry = this.#entries.get(id.toLowerCase())
    return expected === (entry?.revision ?? 0) && (entry === undefined || entry.id === id)
  }

  #put({ id, entry }: { id: string; entry: { id: string; name: string } | null }): number {
    const key = id.toLowerCase()
    const revision = (this.#lastRevisions.get(key) ?? 0) + 1
    this.#lastRevisions.set(key, revision)
    if (entry === null) this.#entries.delete(key)
    else this.#entries.set(key, { id: entry.id, name: entry.name, revision })
    return revision
  }

  #describe(): string {
    return describeEntries([...this.#entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))
  }
}

function readSnapshot(disk: SimulatedDisk, root: string, segment: string): OracleSnapshot {
  const text = disk.peek(`${root}/.catalog/snapshot-${segment}.jsonl`)?.toString('latin1') ?? ''
  const [first = '', ...lines] = text.split('\n')
  const header = JSON.parse(first.slice(33)) as OracleSnapshot['header']
  const parsed = lines
    .slice(0, header.entries + header.removed)
    .map((line) => JSON.parse(line) as OracleEntry)
  return { header, entries: parsed.slice(0, header.entries), removed: parsed.slice(header.entries) }
}

function parseLine(line: string): WireRecord | undefined {
  const json = line.slice(33)
  return line.slice(0, 33) === `${digest(json)} ` ? (JSON.parse(json) as WireRecord) : undefined
}

function digest(bytes: string): string {
  return hash('sha256', Buffer.from(bytes, 'latin1'), 'hex').slice(0, 32)
}
