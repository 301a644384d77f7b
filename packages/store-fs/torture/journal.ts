// A reader of the journal written from `docs/on-disk-format.md` alone: it shares no line with the store, so that a
// mistake there cannot hide itself here. For catalogs that began empty.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A commit that took effect. */
interface AppliedCommit {
  readonly token: string
  readonly position: number
  readonly changes: readonly AppliedChange[]
}

interface AppliedChange {
  readonly id: string
  readonly revision: number
  readonly isRemoval: boolean
}

/** What is under an id after the last record; the token is that of the last change. */
interface Slot {
  readonly revision: number
  readonly token: string
  readonly isRemoved: boolean
}

export interface Journal {
  readonly applied: readonly AppliedCommit[]
  readonly slots: ReadonlyMap<string, Slot>
  readonly records: number
  readonly segments: number
  readonly sealed: number
  /** Lines that are not records. */
  readonly torn: number
  /** Records of a sealed or given-up segment that do not count. */
  readonly void: number
  readonly breaks: readonly string[]
}

type ChainPoint = readonly [number: number, prefix: string]

interface RawRecord {
  readonly after: ChainPoint
  readonly synced: ChainPoint
  readonly seal?: unknown
  readonly commits?: readonly {
    readonly reason?: string
    readonly changes: readonly { readonly id: string; readonly if: number; readonly entry: unknown }[]
  }[]
}

interface SnapshotHeader {
  readonly start: ChainPoint
  readonly entries: number
  readonly removed: number
}

/** Replays all segments below `.catalog/`, in order. */
export function readJournal(root: string): Journal {
  const directory = join(root, '.catalog')
  const replay = new JournalReplay()
  const snapshots = readdirSync(directory).filter((name) => /^snapshot-\d+\.jsonl$/u.test(name))
  const numbers = snapshots.map((name) => name.slice('snapshot-'.length, -'.jsonl'.length)).sort()
  for (const [index, number] of numbers.entries()) {
    const next = numbers[index + 1]
    const bytes = readFileSync(join(directory, `journal-${number}.jsonl`))
    if (next === undefined) replay.readSegment(number, bytes)
    else replay.readSegment(number, bytes, readFileSync(join(directory, `snapshot-${next}.jsonl`), 'utf8'))
  }
  return { ...replay, segments: numbers.length }
}

class JournalReplay {
  readonly applied: AppliedCommit[] = []
  readonly slots = new Map<string, Slot>()
  readonly breaks: string[] = []
  records = 0
  sealed = 0
  torn = 0
  void = 0
  #prefixes = ['0'.repeat(32)]

  readSegment(number: string, bytes: Buffer, nextSnapshot?: string): void {
    const header = nextSnapshot === undefined ? undefined : parseHeader(nextSnapshot)
    const last = header?.start[0] ?? Number.POSITIVE_INFINITY
    let isSealed = false
    for (const line of splitLines(bytes)) {
      const record = parseRecord(line)
      if (record === undefined) this.torn += 1
      else if (isSealed || this.records === last) this.void += 1
      else {
        this.#take(number, line, record)
        isSealed = record.seal !== undefined
      }
    }
    if (isSealed) this.sealed += 1
    if (header === undefined || nextSnapshot === undefined) return
    if (!this.#holds(header.start)) this.breaks.push(`the segment after ${number} starts at ${header.start}`)
    this.#compareSnapshot(number, nextSnapshot, header)
  }

  #take(segment: string, line: Buffer, record: RawRecord): void {
    for (const point of [record.after, record.synced]) {
      if (!this.#holds(point))
        this.breaks.push(`segment ${segment}: no record ${point} before ${line.subarray(0, 200)}`)
    }
    const previous = this.#prefixes.at(-1) ?? ''
    this.#prefixes.push(createHash('sha256').update(previous).update(line).digest('hex').slice(0, 32))
    this.records += 1
    for (const { reason = '', changes } of record.commits ?? []) this.#apply(reason, changes)
  }

  #apply(token: string, changes: NonNullable<RawRecord['commits']>[number]['changes']): void {
    for (const change of changes) {
      const slot = this.slots.get(change.id)
      const found = slot === undefined || slot.isRemoved ? 0 : slot.revision
      if (found !== change.if) return
    }
    const applied = changes.map(({ id, entry }) => {
      const revision = (this.slots.get(id)?.revision ?? 0) + 1
      this.slots.set(id, { revision, token, isRemoved: entry === null })
      return { id, revision, isRemoval: entry === null }
    })
    this.applied.push({ token, position: this.records, changes: applied })
  }

  /** Made by any store, the snapshot is the state at the end of the segment before. */
  #compareSnapshot(segment: string, snapshot: string, { entries, removed }: SnapshotHeader): void {
    const rows = snapshot.split('\n').slice(1, 1 + entries + removed)
    const found = rows.map((line, index) => {
      const { id, revision } = JSON.parse(line)
      return `${id} ${revision} ${index >= entries}`
    })
    const expected = Array.from(this.slots, ([id, slot]) => `${id} ${slot.revision} ${slot.isRemoved}`)
    if (found.sort().join('\n') === expected.sort().join('\n')) return
    this.breaks.push(`the snapshot after segment ${segment} is not the state at its end`)
  }

  #holds([number, prefix]: ChainPoint): boolean {
    return this.#prefixes[number] === prefix
  }
}

function parseHeader(snapshot: string): SnapshotHeader {
  return JSON.parse(snapshot.slice(33, snapshot.indexOf('\n')))
}

/** All that end with a line feed; empty ones mean nothing. */
function* splitLines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end = bytes.indexOf(10); end !== -1; start = end + 1, end = bytes.indexOf(10, start)) {
    if (end > start) yield bytes.subarray(start, end)
  }
}

function parseRecord(line: Buffer): RawRecord | undefined {
  const json = line.subarray(33)
  const checksum = createHash('sha256').update(json).digest('hex').slice(0, 32)
  if (line.length < 34 || `${checksum} ` !== line.toString('latin1', 0, 33)) return undefined
  return JSON.parse(json.toString('utf8'))
}
