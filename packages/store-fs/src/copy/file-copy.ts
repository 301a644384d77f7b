import { errnoOf, withDiskErrors } from '@catalog/system-calls'
import {
  type CatalogBeginning,
  type CatalogCopy,
  CatalogError,
  type CatalogReader,
  type CatalogStore,
  type CatalogTotals,
  type CopiedRecord,
  type StoredSettings,
} from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { removeIfPresent } from '../disk/new-file.ts'
import { systemClock, systemTimers } from '../disk/timers.ts'
import { type FileNames, parseSegmentFileName } from '../format/file-names.ts'
import type { RecordContent } from '../format/record.ts'
import { Journal } from '../journal/journal.ts'
import {
  assertNoOrphanedJournal,
  findSegment,
  listOwnFiles,
  makeDirectories,
} from '../segment/create-catalog.ts'
import { createSegment } from '../segment/create-segment.ts'
import { isUnfinished, keepFormat, markUnfinished } from '../segment/format-version.ts'
import type { AppliedCommit } from '../state/catalog-state.ts'
import { CopiedCommits } from './copied-commits.ts'
import { toCopiedSnapshot } from './copied-snapshot.ts'

export interface FileCopyParts {
  readonly disk: FileSystem
  /** Those of the root, and those of a copy that is not finished. */
  readonly names: FileNames
  readonly copyNames: FileNames
  readonly writer: string
  readonly state: CatalogCopy['state']
  readonly segmentBytes: number
  /** Opens the catalog of these names for reading. */
  readonly open: (names: FileNames) => Promise<CatalogStore>
}

/** The most text that is written at once, unless one record has more. */
const MOST_BYTES = 1 << 20

/**
 * Writes a journal with the times of the original. A segment that is long enough ends with a record that has both its commits and the
 * seal: a seal of its own would take a position, at which the original may have a change.
 */
export class FileCopy implements CatalogCopy {
  readonly place: string
  state: CatalogCopy['state']
  readonly #parts: FileCopyParts
  /** Whether it was in use before this copy went on to it. */
  #isTaken = false
  /** The last position of what is complete. */
  #completed = 0
  #journal: Journal | undefined
  #reader: CatalogStore | undefined

  constructor(parts: FileCopyParts) {
    this.place = parts.names.root
    this.state = parts.state
    this.#parts = parts
  }

  async read(): Promise<CatalogReader> {
    const { open, names, copyNames } = this.#parts
    this.#reader ??= await open(this.state === 'finished' ? names : copyNames)
    return this.#reader
  }

  async begin(beginning: CatalogBeginning): Promise<void> {
    await this.#onDisk('begin a copy in', async () => {
      const { disk, names, copyNames, writer } = this.#parts
      await this.#closeReader()
      await makeDirectories(disk, names)
      if (await isUnfinished(disk, names)) await this.#removeBeginning()
      else await this.#assertNothingThere()
      await markUnfinished(disk, names, writer)
      await createSegment(disk, copyNames, writer, 1, toCopiedSnapshot(beginning))
      this.state = 'unfinished'
    })
  }

  async append(records: readonly CopiedRecord[], settings: StoredSettings): Promise<void> {
    await this.#onDisk('copy a catalog to', async () => {
      const last = (records[0]?.position ?? 0) - 1
      const wasInUse = this.state === 'finished'
      try {
        await this.#appendBehind(last, records, settings)
      } catch (error) {
        // On a full disk, for one: programs go on with what is as it was.
        if (wasInUse) await this.#giveBackIfAt(last).catch(() => undefined)
        throw error
      }
    })
  }

  async complete(_settings: StoredSettings, { position }: CatalogTotals): Promise<void> {
    await this.#onDisk('copy a catalog to', async () => {
      const journal = await this.#openBehind(position)
      await journal.sync()
      this.#completed = position
    })
  }

  async finish(): Promise<void> {
    await this.#onDisk('finish the copy in', async () => {
      const { disk, names } = this.#parts
      if (this.state !== 'finished') {
        await this.#openBehind(this.#completed)
        await this.#giveToPrograms()
      }
      // Also of a run that ended before this step; not of a catalog.json that has no directory yet.
      else if ((await listOwnFiles(disk, names)).length > 0) await disk.syncDirectory(names.directory)
    })
  }

  async close(): Promise<void> {
    await this.#closeJournal()
    await this.#closeReader()
  }

  async #appendBehind(
    last: number,
    records: readonly CopiedRecord[],
    settings: StoredSettings,
  ): Promise<void> {
    const journal = await this.#openBehind(last)
    const commits = new CopiedCommits(journal.state, settings)
    let batch: RecordContent[] = []
    let [position, bytes] = [last + 1, 0]
    for (const record of records) {
      const content = commits.toContent(record)
      batch.push(content)
      bytes += content.commits?.reduce((sum, { text }) => sum + text.length, 0) ?? 0
      if (bytes < MOST_BYTES && record !== records.at(-1)) continue
      await this.#appendBatch(journal, batch, position)
      position += batch.length
      batch = []
      bytes = 0
    }
  }

  async #closeJournal(): Promise<void> {
    const journal = this.#journal
    this.#journal = undefined
    await journal?.close()
  }

  /** It knows the file of the format by the state that it was opened in. */
  async #closeReader(): Promise<void> {
    const reader = this.#reader
    this.#reader = undefined
    await reader?.close()
  }

  /** Another program may have made a catalog since this was opened: it stays in use. */
  async #assertNothingThere(): Promise<void> {
    const { disk, names } = this.#parts
    if ((await findSegment(disk, names)) !== undefined) throw this.#createConflict()
    await assertNoOrphanedJournal(disk, names)
  }

  /** Of an earlier run that ended there. Another program may have gone on to it since this was opened: what it has copied stays. */
  async #removeBeginning(): Promise<void> {
    const { disk, names, copyNames } = this.#parts
    if ((await findSegment(disk, copyNames)) !== undefined) {
      const { from, to } = await (await this.read()).verifyHistory()
      await this.#closeReader()
      if (from !== to) throw this.#createConflict()
    }
    await removeSegments(disk, names)
  }

  /** The journal, if the copy ends at this position. What another program has changed meanwhile goes back to programs, if it was in use. */
  async #openBehind(position: number): Promise<Journal> {
    if (this.state === 'finished') await this.#takeFromPrograms(position)
    const { disk, names } = this.#parts
    if (!(await isUnfinished(disk, names))) throw this.#createConflict()
    const journal = await this.#openJournal()
    await journal.catchUp()
    if (journal.head[0] === position) return journal
    throw await this.#leave()
  }

  /** Closes a catalog that is in use to programs, if it ends at this position: else it stays as it is. */
  async #takeFromPrograms(position: number): Promise<void> {
    const { disk, names, copyNames, writer } = this.#parts
    if ((await (await this.read()).refresh()) !== position) throw this.#createConflict()
    await this.#closeReader()
    if (!(await keepFormat(disk, names, copyNames, writer))) throw this.#createConflict()
    this.state = 'unfinished'
    this.#isTaken = true
    try {
      await markUnfinished(disk, names, writer)
      // A program that has it open may have written since.
      if ((await (await this.read()).refresh()) !== position) throw this.#createConflict()
      await this.#closeReader()
    } catch (error) {
      await this.#giveToPrograms()
      throw error
    }
  }

  async #giveToPrograms(): Promise<void> {
    const { disk, names, copyNames } = this.#parts
    await this.#closeReader()
    // Another one is opened if it goes on: that makes the file of the format that is renamed here.
    await this.#closeJournal()
    try {
      await disk.rename(copyNames.format, names.format)
    } catch (error) {
      // Another copy has done it.
      throw errnoOf(error) === 'ENOENT' ? this.#createConflict() : error
    }
    await disk.syncDirectory(names.directory)
    this.state = 'finished'
    this.#isTaken = false
  }

  /** Not if a record may still count. */
  async #giveBackIfAt(position: number): Promise<void> {
    if (!this.#isTaken) return
    await this.#journal?.voidOpenLine()
    if (this.#journal === undefined || this.#journal.head[0] === position) await this.#giveToPrograms()
  }

  /** Writes nothing more where another program writes: a catalog that was in use is its own. */
  async #leave(): Promise<Error> {
    if (this.#isTaken) await this.#giveToPrograms()
    return this.#createConflict()
  }

  async #openJournal(): Promise<Journal> {
    const { disk, copyNames: names, writer, segmentBytes } = this.#parts
    if (this.#journal !== undefined) return this.#journal
    // Another copy begins anew: opening the journal would create a catalog before it does.
    if ((await findSegment(disk, names)) === undefined) throw this.#createConflict()
    this.#journal = await Journal.open({
      ...{ access: 'write', disk, names, clock: systemClock, timers: systemTimers, segmentBytes },
      ...{ identity: { id: writer, seq: 0 }, onRecord: () => undefined },
    })
    return this.#journal
  }

  /** @param position that of the first record */
  async #appendBatch(journal: Journal, batch: readonly RecordContent[], position: number): Promise<void> {
    // What an earlier run left of its last record is written again: completed, it would take the position of the first one here.
    await journal.voidOpenLine()
    const isLast = (index: number): boolean => index === batch.length - 1
    const contents =
      journal.isLong && !journal.isSealed
        ? batch.map((content, index) => (isLast(index) ? { ...content, seal: true as const } : content))
        : batch
    // Not where another process has written since: then nothing is written.
    const written = await journal.appendAll(contents, position - 1)
    const isWhole =
      written.length === batch.length &&
      written.every(({ number, outcomes }, index) => number === position + index && areApplied(outcomes))
    if (!isWhole) throw await this.#leave()
  }

  #createConflict(): Error {
    const { place: path } = this
    return new CatalogError('CATALOG_REPLACED', `another program writes to the catalog in ${path}`, { path })
  }

  #onDisk<T>(operation: string, work: () => Promise<T>): Promise<T> {
    return withDiskErrors(operation, this.#parts.names.root, work)
  }
}

function areApplied(outcomes: readonly AppliedCommit[]): boolean {
  return outcomes.every(({ applied }) => applied)
}

/** What an earlier run left that had written nothing but a beginning. The latest first, and of each the snapshot first: only a segment that has one counts. */
async function removeSegments(disk: FileSystem, names: FileNames): Promise<void> {
  const numbers = (await listOwnFiles(disk, names)).map(parseSegmentFileName)
  const segments = new Set(numbers.filter((number) => number !== undefined))
  for (const number of [...segments].sort((a, b) => b - a)) {
    for (const path of [names.snapshot(number), names.journal(number)]) {
      await removeIfPresent(disk, path)
      await disk.syncDirectory(names.directory)
    }
  }
}
