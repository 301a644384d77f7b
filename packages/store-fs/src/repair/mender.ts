import { foldModelId, type WireEntry, type WireSettings, type WireVerification } from '@catalog/types/adapter'
import { extendPrefix } from '../format/checksum.ts'
import { isObject } from '../format/json.ts'
import type { Line } from '../format/line-splitter.ts'
import {
  formatLine,
  type JournalRecord,
  type SettingsRow,
  type WireChange,
  type WireCommit,
} from '../format/record.ts'
import {
  findAttributionProblem,
  findContentProblem,
  findHeaderProblem,
  findSettingsContentProblem,
  findVerifiedProblem,
} from '../format/record-form.ts'
import type { Replay } from '../segment/replay.ts'
import {
  areReadable,
  isLooseChange,
  isReadableEntry,
  type LooseChange,
  listBuiltOn,
  parseLoosely,
} from './loose-record.ts'

/** The bytes that take the place of a line. */
interface MendedLine {
  readonly offset: number
  readonly length: number
  readonly bytes: Buffer
}

type CommitHead = Omit<WireCommit, 'changes' | 'settings' | 'verification'>

/** A commit of which only the head is known to be well-formed. */
type LooseCommit = CommitHead & {
  readonly changes: readonly unknown[]
  readonly settings?: unknown
  readonly verification?: unknown
}

const EMPTY_SETTINGS: WireSettings = { policy: {}, volumes: {} }

/** What stands under an id, with the revision that the records as they were written count it by. */
interface Standing {
  readonly id: string
  readonly isPresent: boolean
  /** The last revision of the id, its removals included. */
  readonly last: number
  /** What is left of it: null also where what stood there cannot be read and nothing was before it. */
  readonly entry: WireEntry | null
}

/**
 * Replays a journal with records in it that have their checksum and whose content cannot be read. Such a record is made
 * anew: an entry that cannot be read is left as it was before, or, if there was none, removed. So every revision
 * stays what it was. The new record says in `mended` what those behind it build on, and they stay as they are.
 */
export class Mender {
  readonly lines: MendedLine[] = []
  /** Of the entries that could not be read. */
  readonly ids: Set<string> = new Set()
  readonly #replay: Replay
  readonly #all: readonly Line[]
  #builtOn: ReadonlySet<string> | undefined
  /** By folded id: who stands there by the records as they were written, and is not in the state. */
  readonly #ghosts: Map<string, Standing> = new Map()
  /** The same for the record that is being made. */
  #changed: Map<string, Standing> = new Map()
  /** The settings as that record makes them, if it does. */
  #settings: SettingsRow | undefined

  /** @param all the lines of the journal, which are to be taken in their order. */
  constructor(replay: Replay, all: readonly Line[]) {
    this.#replay = replay
    this.#all = all
  }

  /** Takes in the line, or what takes its place. DAMAGED where the chain does not hold. */
  take(line: Line): void {
    const record = this.#replay.isSealed ? undefined : this.#mend(line)
    if (record === undefined) this.#replay.take(line)
    else this.#replace(line, record)
  }

  /** The bytes of the journal up to an offset, with what was made anew. */
  patch(bytes: Buffer, end: number): Buffer {
    const pieces: Buffer[] = []
    let done = 0
    for (const { offset, length, bytes: mended } of this.lines.filter((line) => line.offset < end)) {
      pieces.push(bytes.subarray(done, offset), mended)
      done = offset + length
    }
    return Buffer.concat([...pieces, bytes.subarray(done, end)])
  }

  /** What takes the place of the line; undefined where it can stay, null where nothing takes it. */
  #mend(line: Line): JournalRecord | null | undefined {
    const record = parseLoosely(line)
    if (record === undefined) return undefined
    if (findHeaderProblem(record) !== undefined) return this.#toMark(line)
    const { commits, ...header } = record as JournalRecord
    const isReadable = findContentProblem({ commits }) === undefined && areReadable(commits ?? [])
    if (isReadable && !this.#meetsGhost(commits ?? [])) return undefined
    this.#changed = new Map()
    this.#settings = undefined
    const rest = (Array.isArray(commits) ? commits : []).flatMap((commit) => this.#mendCommit(commit))
    const mended = header.mended ?? extendPrefix(this.#replay.head[1], line.bytes)
    return { ...header, ...(rest.length > 0 && { commits: rest }), mended }
  }

  #replace({ offset, bytes: { length } }: Line, record: JournalRecord | null): void {
    const bytes =
      record === null ? Buffer.alloc(0) : Buffer.from(formatLine(JSON.stringify(record))).subarray(0, -1)
    // Of a record that counts for nothing it does not matter what it says.
    if (record !== null && this.#replay.take({ bytes, offset }) === undefined) return
    this.lines.push({ offset, length, bytes })
    for (const [key, standing] of this.#changed) {
      if (standing.isPresent && standing.entry === null) this.#ghosts.set(key, standing)
      else this.#ghosts.delete(key)
    }
    this.#changed = new Map()
  }

  /** What a record without a header did is unknown. If others build on it, its number stays taken. */
  #toMark({ bytes }: Line): JournalRecord | null {
    const { head } = this.#replay
    const mended = extendPrefix(head[1], bytes)
    this.#builtOn ??= listBuiltOn(this.#all)
    if (!this.#builtOn.has(`${head[0] + 1} ${mended}`)) return null
    return { after: head, synced: head, writer: 'repair', seq: 1, at: new Date(0).toISOString(), mended }
  }

  #meetsGhost(commits: readonly WireCommit[]): boolean {
    if (this.#ghosts.size === 0) return false
    return commits.some(({ changes }) => changes.some(({ id }) => this.#ghosts.has(foldModelId(id))))
  }

  /** Nothing of a commit that did not take effect, and of one that did all that can be read. */
  #mendCommit(commit: unknown): WireCommit[] {
    if (findAttributionProblem(commit) !== undefined) return []
    const { changes, settings, verification, ...rest } = commit as LooseCommit
    if (settings !== undefined) return this.#mendSettings(rest, settings)
    // What cannot be read of it is not counted.
    const isReadable = verification !== undefined && findVerifiedProblem(verification) === undefined
    const verified = isReadable ? { verification: verification as WireVerification } : {}
    if (changes.length === 0) return isReadable ? [{ ...rest, changes: [], ...verified }] : []
    const known = changes.filter(isLooseChange)
    if (known.length === 0 || !known.every((change) => this.#applies(change))) return []
    return [{ ...rest, changes: known.map((change) => this.#mendChange(change)), ...verified }]
  }

  /** Settings that cannot be read are left as they were; either way they count as one revision. */
  #mendSettings(rest: CommitHead, settings: unknown): WireCommit[] {
    const before = this.#settings ?? this.#replay.state.settings
    const revision = before?.revision ?? 0
    if (!isObject(settings) || settings['if'] !== revision) return []
    const isReadable = findSettingsContentProblem(settings['content']) === undefined
    const content = isReadable ? (settings['content'] as WireSettings) : (before?.content ?? EMPTY_SETTINGS)
    this.#settings = { revision: revision + 1, content }
    return [{ ...rest, changes: [], settings: { if: revision, content } }]
  }

  #applies({ id, if: expected }: LooseChange): boolean {
    const found = this.#standingAt(id)
    return found.isPresent ? found.id === id && found.last === expected : expected === 0
  }

  #mendChange({ id, if: expected, entry }: LooseChange): WireChange {
    const before = this.#standingAt(id)
    const isReadable = isReadableEntry(id, entry)
    if (!isReadable) this.ids.add(id)
    const now = isReadable ? (entry as WireEntry | null) : before.entry
    const standing = { id, isPresent: entry !== null, last: before.last + 1, entry: now }
    this.#changed.set(foldModelId(id), standing)
    return { id, if: before.entry === null ? 0 : expected, entry: now }
  }

  #standingAt(id: string): Standing {
    const key = foldModelId(id)
    return this.#changed.get(key) ?? this.#ghosts.get(key) ?? this.#standingInState(id)
  }

  #standingInState(id: string): Standing {
    const { row, last } = this.#replay.state.standingAt(id)
    if (row === undefined) return { id, isPresent: false, last, entry: null }
    const { revision: _, ...entry } = row.toWire()
    return { id: row.id, isPresent: true, last, entry }
  }
}
