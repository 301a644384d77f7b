import type { ModelEntry } from '@catalog/types'
import type { WireEntry, WireSettings, WireVerification } from '@catalog/types/adapter'
import { CHECKSUM_LENGTH, checksumOf, FIRST_PREFIX } from './checksum.ts'
import { parseJson } from './json.ts'

/** A place in the chain: the number of a record and the prefix digest up to it. */
export type ChainPoint = readonly [record: number, prefix: string]

/** Where a change of this store's own keeps its entry as it was decoded, so that it need not be decoded again. */
export const DECODED: unique symbol = Symbol('decoded')

/** `if` is the revision that the change builds on, 0 = absent; `entry` null removes. */
export interface WireChange {
  readonly id: string
  readonly if: number
  readonly entry: WireEntry | null
  readonly [DECODED]?: ModelEntry
}

/** `if` is the revision of the settings that this builds on, 0 = none were ever stored. */
export interface WireSettingsChange {
  readonly if: number
  readonly content: WireSettings
}

/** Settings as they stand on disk, and how often they were changed. */
export interface SettingsRow {
  readonly revision: number
  readonly content: WireSettings
}

export interface WireCommit {
  readonly operation: string
  readonly actor?: string
  readonly reason?: string
  /** None beside settings, or where the commit only records a verification. */
  readonly changes: readonly WireChange[]
  readonly verification?: WireVerification
  readonly settings?: WireSettingsChange
}

/** A checked commit, as it is written and as it is applied. */
export interface EncodedCommit {
  readonly wire: WireCommit
  /** The JSON of `wire`. */
  readonly text: string
}

/** One line of the journal. */
export interface JournalRecord {
  /** The last record that the writer knew. */
  readonly after: ChainPoint
  /** The writer's own last record whose `fdatasync` returned; never a later one of another writer. */
  readonly synced: ChainPoint
  /** Random for each opened store. */
  readonly writer: string
  /** 1, 2, 3 … for each writer. */
  readonly seq: number
  /** ISO-8601 UTC, for people. */
  readonly at: string
  /** Absent in a mark. */
  readonly commits?: readonly WireCommit[]
  /** Present in the record that ends a segment. */
  readonly seal?: true
  /**
   * Present in a record that a repair has made anew: the prefix digest up to the one whose place it took. What stands
   * behind builds on that one.
   */
  readonly mended?: string
}

export type RecordHeader = Omit<JournalRecord, 'commits' | 'seal' | 'mended'>

/** What a record says besides: commits; the end of the segment; both, in a copy; or nothing (a mark). */
export interface RecordContent {
  readonly commits?: readonly EncodedCommit[]
  readonly seal?: true
  /** The time of a record that is copied; by default, now. */
  readonly at?: string
}

/** The bytes to append for a record. The line feed in front ends a line that a killed writer left unfinished. */
export function formatRecord(header: RecordHeader, { commits, seal }: Omit<RecordContent, 'at'>): Buffer {
  const head = JSON.stringify({ ...header, seal })
  const json =
    commits === undefined
      ? head
      : `${head.slice(0, -1)},"commits":[${commits.map(({ text }) => text).join(',')}]}`
  // The checksum is one of bytes: filled in afterwards, so that a long text is made into bytes only once.
  const bytes = Buffer.from(`\n${FIRST_PREFIX} ${json}\n`)
  // Stryker disable next-line StringLiteral: a checksum is ASCII.
  bytes.write(checksumOf(bytes.subarray(1 + CHECKSUM_LENGTH + 1, -1)), 1, 'latin1')
  return bytes
}

/** `<checksum> <json>` and a line feed. */
export function formatLine(json: string): string {
  return `${checksumOf(json)} ${json}\n`
}

/**
 * The JSON of a line (without its line feed), or undefined where the checksum says that it is none of ours.
 *
 * @throws {Error} in words, if the checksum is right and what follows it is not JSON, or nested too deep
 */
export function parseLine(line: Buffer): unknown {
  if (line.length <= CHECKSUM_LENGTH + 1 || line[CHECKSUM_LENGTH] !== 0x20) return undefined
  const json = line.subarray(CHECKSUM_LENGTH + 1)
  // Stryker disable next-line StringLiteral: a checksum is ASCII, and what is not equals none.
  if (line.toString('latin1', 0, CHECKSUM_LENGTH) !== checksumOf(json)) return undefined
  return parseJson(json)
}
