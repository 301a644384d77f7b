import { errnoOf } from '@catalog/system-calls'
import { type CommittedChange, isCatalogError, type ModelId } from '@catalog/types'
import type { FileSystem, OpenFile } from '../disk/file-system.ts'
import { readFrom } from '../disk/read-file.ts'
import type { FileNames } from '../format/file-names.ts'
import { createDamagedAt, type Place } from '../format/place.ts'
import { type JournalRecord, parseLine } from '../format/record.ts'
import type { ReplayedRecord } from '../segment/replay.ts'
import { Row } from '../state/row.ts'
import { readHistory, readRecords, toCommitChanges } from './history.ts'

/** Where a change of a model stands, and what its line alone does not say. */
interface ChangePlace {
  readonly place: Place
  readonly number: number
  /** Which of the record's commits. */
  readonly commit: number
  readonly revision: number
  /** The entry of a verification that changed nothing, where no kept record has it. */
  readonly row?: Row | null
}

/**
 * The history of one model, without reading that of all others each time. The first request reads the whole history and
 * checks it, once; from then on the place of every change is known, about a hundred bytes for each, and followed as
 * records are read. What cannot be read at its place is read by going through the whole again, which says what is
 * wrong.
 */
export class ModelHistories {
  readonly #disk: FileSystem
  readonly #names: FileNames
  #building: Promise<ChangeIndex> | undefined
  /** What the store read while the index was made. */
  #pending: ReplayedRecord[] | undefined
  #index: ChangeIndex | undefined

  constructor(disk: FileSystem, names: FileNames) {
    this.#disk = disk
    this.#names = names
  }

  /** To be called with every record that the store reads. */
  publish(replayed: ReplayedRecord): void {
    this.#pending?.push(replayed)
    if (this.#index?.add(replayed) === false) this.#forget()
  }

  /** The kept changes of a model, oldest first, as the store has read them. */
  async of(id: ModelId): Promise<readonly CommittedChange[]> {
    try {
      this.#building ??= this.#build()
      const index = await this.#building
      return await this.#read(id, index.placesOf(id))
    } catch (error) {
      this.#forget()
      if (errnoOf(error) === undefined && !isCatalogError(error)) throw error
      return await readHistory(this.#disk, this.#names, 0, id)
    }
  }

  #forget(): void {
    this.#building = undefined
    this.#pending = undefined
    this.#index = undefined
  }

  async #build(): Promise<ChangeIndex> {
    // Stryker disable next-line ArrayDeclaration: what has no number is not added.
    const pending: ReplayedRecord[] = []
    this.#pending = pending
    const index = new ChangeIndex()
    for await (const record of readRecords(this.#disk, this.#names, 0)) index.add(record)
    for (const record of pending) index.add(record)
    // Unless it was forgotten meanwhile.
    if (this.#pending === pending) {
      this.#pending = undefined
      this.#index = index
    }
    return index
  }

  async #read(id: ModelId, places: readonly ChangePlace[]): Promise<readonly CommittedChange[]> {
    const files = new Map<string, OpenFile>()
    try {
      const changes: CommittedChange[] = []
      let row: Row | null = null
      for (const each of places) {
        const { path } = each.place
        const file = files.get(path) ?? (await this.#disk.open(path, 'read'))
        files.set(path, file)
        const record = await readRecord(file, each.place)
        const made = rowOf(id, each, record)
        row = made === undefined ? (each.row ?? row) : made
        changes.push(...toChange(id, each, record, row))
      }
      return changes
    } finally {
      for (const file of files.values()) await file.close()
    }
  }
}

/** By id, the places of the changes that took effect. */
class ChangeIndex {
  readonly #places: Map<string, ChangePlace[]> = new Map()
  #last: number | undefined

  placesOf(id: string): readonly ChangePlace[] {
    // What comes later does not show.
    return [...(this.#places.get(id) ?? [])]
  }

  /** False if records before this one are missing. */
  add({ record, number, outcomes, place }: ReplayedRecord): boolean {
    const last = this.#last ?? number - 1
    if (number <= last) return true
    if (number !== last + 1) return false
    this.#last = number
    for (const [commit, outcome] of outcomes.entries()) {
      if (!outcome.applied) continue
      // Stryker disable next-line OptionalChaining,ConditionalExpression: as below; more takes only memory.
      const isUnchanged = record.commits?.[commit]?.changes.length === 0
      for (const { id, revision, row } of outcome.rows) {
        const places = this.#places.get(id) ?? []
        // Stryker disable next-line ConditionalExpression,LogicalOperator: saves memory: other records have the entry.
        const isFirst = isUnchanged && places.length === 0
        places.push({ place, number, commit, revision, ...(isFirst && { row }) })
        this.#places.set(id, places)
      }
    }
    return true
  }
}

async function readRecord(file: OpenFile, place: Place): Promise<JournalRecord> {
  const bytes = await readFrom(file, place.offset, place.length ?? 0)
  const record = parseLine(bytes)
  // Stryker disable next-line StringLiteral: the whole history, which is read then, tells what is wrong.
  if (record === undefined) throw createDamagedAt(place, 'it is not the record that was there')
  return record as JournalRecord
}

/** The entry that the change made; null where it removed it, undefined where it changed none. */
function rowOf(
  id: ModelId,
  { commit, revision, place }: ChangePlace,
  record: JournalRecord,
): Row | null | undefined {
  // Stryker disable next-line OptionalChaining: only the types need this: the record has the commit of a place.
  const change = record.commits?.[commit]?.changes.find((each) => each.id === id)
  if (change === undefined) return undefined
  return change.entry === null ? null : Row.ofWire(change.entry, revision, undefined, place)
}

function toChange(
  id: ModelId,
  { commit: index, number, revision }: ChangePlace,
  record: JournalRecord,
  row: Row | null,
): readonly CommittedChange[] {
  // Stryker disable next-line OptionalChaining: only the types need this: the record has the commit of a place.
  const commit = record.commits?.[index]
  // Stryker disable next-line ConditionalExpression,ArrayDeclaration: as above.
  if (commit === undefined) return []
  return toCommitChanges(commit, [{ id, revision, row }], { position: number, at: record.at })
}
