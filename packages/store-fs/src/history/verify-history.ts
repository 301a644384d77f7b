import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { errnoOf, toDiskError } from '@catalog/system-calls'
import { type HistoryReport, isCatalogError, type VerifiedHistory } from '@catalog/types'
import {
  defineOptionalOptions,
  type OptionsParser,
  objectSchema,
  optionsSchema,
  parseText,
} from '@catalog/types/schema'
import type { FileSystem } from '../disk/file-system.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { createDamaged, createMissing } from '../disk/store-error.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { type FileNames, fileNamesIn, findSegments } from '../format/file-names.ts'
import { findSegment, listOwnFiles } from '../segment/create-catalog.ts'
import { isWithoutRecords } from '../segment/create-segment.ts'
import { readSnapshot } from '../segment/open-segment.ts'
import type { ReplayedRecord } from '../segment/replay.ts'
import { replaySegment } from '../segment/replay-segment.ts'
import type { SegmentTail } from '../segment/segment-tail.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { assertReadable } from '../state/assert-readable.ts'
import type { CatalogState } from '../state/catalog-state.ts'
import { ViewClaim } from '../view/view-claim.ts'

interface VerifyOptions {
  /** For tests: a disk that fails. */
  readonly disk?: FileSystem | undefined
}

const parseVerifyOptions: OptionsParser<VerifyOptions> = defineOptionalOptions<VerifyOptions>(
  optionsSchema({ disk: objectSchema<FileSystem>().optional() }),
)

/**
 * Reads all of the kept history and checks every checksum and every entry, that each record builds on those
 * before it, and that each segment ends in exactly the entries and the chain that the next one starts from.
 * Changes nothing, and may run while any number of stores are open. Damage is a result, not an error.
 *
 * @throws {CatalogError} INVALID_INPUT if the root or an option is invalid
 * @throws {CatalogError} CATALOG_MISSING if the root has no catalog
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} IO if the disk cannot be read
 */
export async function verifyHistory(root: string, options?: VerifyOptions): Promise<HistoryReport> {
  const { disk = nodeFileSystem } = parseVerifyOptions(options)
  return await verifyHistoryAt(disk, fileNamesIn(resolve(parseText('root', root))))
}

/** The same by the names of its files. */
export async function verifyHistoryAt(disk: FileSystem, names: FileNames): Promise<HistoryReport> {
  try {
    // The format must be one that this version knows.
    await findSegment(disk, names)
    for (;;) {
      const check = new HistoryCheck(disk, names, await listSegments(disk, names))
      const report = await check.run()
      // What was pruned meanwhile is not what is kept.
      if (report.ok || (await listSegments(disk, names))[0] === check.segments[0]) return report
    }
  } catch (error) {
    throw toDiskError(error, 'read', names.directory)
  }
}

async function listSegments(disk: FileSystem, names: FileNames): Promise<readonly number[]> {
  const segments = findSegments(await listOwnFiles(disk, names))
  // Stryker disable next-line StringLiteral: only the message has it.
  if (segments.length === 0) throw createMissing(names.root, 'history')
  return await withoutLeftovers(disk, names, segments)
}

/**
 * A writer that made a segment which was pruned meanwhile takes it back, unless it is killed: it has no records, and no
 * next one.
 */
async function withoutLeftovers(
  disk: FileSystem,
  names: FileNames,
  segments: readonly number[],
): Promise<readonly number[]> {
  const [first = 0, second = 0] = segments
  const isLeftover = second > first + 1 && (await isWithoutRecords(disk, names, first))
  return isLeftover ? await withoutLeftovers(disk, names, segments.slice(1)) : segments
}

/** A segment that was read to its end. */
interface ReadSegment {
  readonly number: number
  readonly path: string
  readonly tail: SegmentTail
  /** At the end. */
  readonly state: CatalogState
}

class HistoryCheck {
  readonly segments: readonly number[]
  readonly #disk: FileSystem
  readonly #names: FileNames
  #verified: VerifiedHistory = { segments: 0, records: 0, from: 0, to: 0 }
  /** The one that is being read. */
  #segment = 0

  constructor(disk: FileSystem, names: FileNames, segments: readonly number[]) {
    this.#disk = disk
    this.#names = names
    this.segments = segments
  }

  async run(): Promise<HistoryReport> {
    try {
      let before: ReadSegment | undefined
      const claim = await ViewClaim.read(this.#disk, this.#names)
      for (const segment of this.segments) before = await this.#checkSegment(segment, before)
      // Stryker disable next-line ConditionalExpression: only the types need this: a catalog has a segment.
      if (before !== undefined)
        await claim?.assertKept({
          path: before.path,
          head: before.tail.replay.head[0],
          inode: before.tail.inode,
        })
      return { ...this.#verified, ok: true }
    } catch (error) {
      if (!isCatalogError(error, 'DAMAGED')) throw error
      const { path, problem, offset, recordsBefore } = error.details
      return {
        ...this.#verified,
        ok: false,
        segment: this.#segment,
        path,
        problem,
        ...(offset !== undefined && { offset }),
        ...(recordsBefore !== undefined && { record: recordsBefore + 1 }),
      }
    }
  }

  async #checkSegment(number: number, before: ReadSegment | undefined): Promise<ReadSegment> {
    const names = this.#names
    if (before !== undefined) this.#assertEnds(before, number)
    this.#segment = number
    const snapshot = await readSnapshot(this.#disk, names, number)
    assertReadable(names.snapshot(number), snapshot.state)
    if (before === undefined) this.#begin(number, snapshot)
    else assertContinues(before, snapshot, names.snapshot(number))
    const path = names.journal(number)
    const tail = await this.#replay(path, snapshot)
    const { segments, records, from } = this.#verified
    const [to] = tail.replay.head
    const added = to - snapshot.start[0]
    this.#verified = { segments: segments + 1, records: records + added, from, to }
    return { number, path, tail, state: snapshot.state }
  }

  #begin(number: number, { start: [from, prefix] }: Snapshot): void {
    this.#verified = { ...this.#verified, from, to: from }
    if (number !== 1 || prefix === FIRST_PREFIX) return
    throw createDamaged(this.#names.snapshot(1), 'the chain does not begin where it has to')
  }

  async #replay(path: string, snapshot: Snapshot): Promise<SegmentTail> {
    try {
      return await replaySegment(this.#disk, path, snapshot, readEntries)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
      throw createDamaged(path, 'it is missing', { recordsBefore: snapshot.start[0] })
    }
  }

  /** A segment that another one follows has a seal, or lost its end to a power cut. */
  #assertEnds({ number, path, tail }: ReadSegment, next: number): void {
    const { replay, length } = tail
    const place = { offset: length, recordsBefore: replay.head[0] }
    if (next !== number + 1) {
      throw createDamaged(this.#names.snapshot(number + 1), `segment ${next} is there, and this is missing`)
    }
    if (replay.isSealed || replay.cut !== undefined) return
    throw createDamaged(path, `it has no seal, and segment ${next} follows`, place)
  }
}

/** DAMAGED, with the place of the record, where one of them cannot be read. */
function readEntries({ outcomes }: ReplayedRecord): void {
  for (const outcome of outcomes) {
    if (outcome.applied) for (const { row } of outcome.rows) row?.entry()
  }
}

/** The next segment must start from what this one ends in. */
function assertContinues({ path, tail, state }: ReadSegment, next: Snapshot, nextPath: string): void {
  const { head, cut } = tail.replay
  if (!isDeepStrictEqual(head, next.start)) {
    const problem = `it ends in record ${head[0]}, and ${nextPath} starts from another record ${next.start[0]}`
    throw createDamaged(path, problem, { offset: cut?.offset ?? tail.length, recordsBefore: head[0] })
  }
  const difference = findDifference(state, next.state) ?? findOtherTotals(state, next)
  if (difference === undefined) return
  throw createDamaged(nextPath, `${difference} is not what ${path} ends in`, { recordsBefore: head[0] })
}

/** A snapshot of an earlier version has no totals: then counting begins there. */
function findOtherTotals(expected: CatalogState, { state: found, start }: Snapshot): string | undefined {
  const totals = found.wireTotals(start[0])
  if (totals === undefined || isDeepStrictEqual(expected.wireTotals(start[0]), totals)) return undefined
  return 'what it has of totals'
}

/** What one state has and the other has not, in words. */
function findDifference(expected: CatalogState, found: CatalogState): string | undefined {
  for (const row of expected.rows()) {
    const other = found.get(row.id)
    const isSame = other !== undefined && isDeepStrictEqual(row.toWire(), other.toWire())
    if (!isSame) return `entry ${JSON.stringify(row.id)}`
  }
  if (expected.size !== found.size) return `one of its ${found.size} entries`
  const removed = (state: CatalogState) => new Map([...state.tombstones()].map((each) => [each.id, each]))
  if (!isDeepStrictEqual(removed(expected), removed(found))) return 'what it has of removed entries'
  if (!isDeepStrictEqual(expected.settings, found.settings)) return 'its settings'
  return isDeepStrictEqual(expected.extra, found.extra) ? undefined : 'a field beside its entries'
}
