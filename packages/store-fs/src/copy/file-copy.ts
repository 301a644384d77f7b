import type {
  CatalogBeginning,
  CatalogCopy,
  CatalogReader,
  CatalogStore,
  Clock,
  CopiedRecord,
  StoredSettings,
} from '@catalog/types'
import { encodeEntry, encodeSettings, TotalsTally } from '@catalog/types/adapter'
import type { FileSystem } from '../disk/file-system.ts'
import { createReplaced } from '../disk/store-error.ts'
import { systemTimers } from '../disk/timers.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import type { FileNames } from '../format/file-names.ts'
import { toSettingsCommit } from '../format/settings-codec.ts'
import { Journal } from '../journal/journal.ts'
import { makeDirectories } from '../segment/create-catalog.ts'
import { createSegment } from '../segment/create-segment.ts'
import { markUnfinished } from '../segment/format-version.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { Row } from '../state/row.ts'
import { toCopiedCommits } from './copied-commits.ts'
import { toWireTotals } from './copied-totals.ts'

export interface FileCopyParts {
  readonly disk: FileSystem
  /** Those of the root, and those of a copy that is not finished. */
  readonly names: FileNames
  readonly copyNames: FileNames
  readonly writer: string
  readonly state: CatalogCopy['state']
  /** Opens the catalog of these names for reading. */
  readonly open: (names: FileNames) => Promise<CatalogStore>
}

/** Writes a journal of one segment, record by record, with the times of the original. */
export class FileCopy implements CatalogCopy {
  readonly place: string
  state: CatalogCopy['state']
  readonly #parts: FileCopyParts
  /** The time of the record that is being written. */
  #at: Date = new Date(0)
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
    const { disk, names, copyNames, writer } = this.#parts
    await makeDirectories(disk, names)
    await markUnfinished(disk, names, writer)
    await createSegment(disk, copyNames, writer, 1, toSnapshot(beginning))
    this.state = 'unfinished'
  }

  async append(records: readonly CopiedRecord[], settings: StoredSettings): Promise<void> {
    const { disk, names, writer } = this.#parts
    if (this.state === 'finished') await markUnfinished(disk, names, writer)
    this.state = 'unfinished'
    const journal = await this.#openJournal()
    for (const record of records) await this.#appendRecord(journal, record, settings)
  }

  async finish(): Promise<void> {
    const { disk, names, copyNames } = this.#parts
    const journal = await this.#openJournal()
    await journal.sync()
    await disk.rename(copyNames.format, names.format)
    await disk.syncDirectory(names.directory)
    this.state = 'finished'
  }

  async close(): Promise<void> {
    await this.#journal?.close()
    await this.#reader?.close()
  }

  async #openJournal(): Promise<Journal> {
    const { disk, copyNames: names, writer } = this.#parts
    const clock: Clock = { now: () => this.#at }
    this.#journal ??= await Journal.open({
      ...{ access: 'write', disk, names, clock, timers: systemTimers },
      ...{ identity: { id: writer, seq: 0 }, onRecord: () => undefined },
      // A seal would take a position, which the original may have a change at.
      segmentBytes: Number.MAX_SAFE_INTEGER,
    })
    return this.#journal
  }

  async #appendRecord(journal: Journal, record: CopiedRecord, settings: StoredSettings): Promise<void> {
    this.#at = new Date(record.at)
    const present = journal.state.settings?.revision ?? 0
    const { revision, ...content } = settings
    // A change of settings takes a position at which nothing else changed.
    const commits =
      record.changes.length === 0 && present < revision
        ? [toSettingsCommit('settings', {}, { if: present, content: encodeSettings(content) })]
        : toCopiedCommits(record.changes, journal.state)
    const outcomes = await journal.append(commits)
    const isWhole = outcomes.every(({ applied }) => applied)
    if (!isWhole || journal.head[0] !== record.position) throw createReplaced(journal.path)
  }
}

function toSnapshot({ position, entries, removed, settings, totals }: CatalogBeginning): Snapshot {
  const state = new CatalogState()
  for (const entry of entries) state.restore(Row.ofWire(encodeEntry(entry), entry.revision))
  for (const tombstone of removed) state.restoreTombstone(tombstone)
  const { revision, ...content } = settings
  if (revision > 0) state.restoreSettings({ revision, content: encodeSettings(content) })
  const counted = new TotalsTally(position, toWireTotals(totals))
  state.restoreTotals(counted.isEmptyAt(position) ? undefined : counted.toWire(), position)
  return { state, start: [position, FIRST_PREFIX] }
}
