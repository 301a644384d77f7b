import { isDeepStrictEqual } from 'node:util'
import type { FileSystem } from '../disk/file-system.ts'
import { withTemporaryFile } from '../disk/new-file.ts'
import type { Timers } from '../disk/timers.ts'
import type { FileNames } from '../format/file-names.ts'
import type { ChainPoint } from '../format/record.ts'
import type { CatalogState } from '../state/catalog-state.ts'
import { formatView } from './view-codec.ts'
import { replaceView } from './view-fingerprint.ts'
import { readView } from './view-reader.ts'

/** How long after a change of this store the view follows. */
const OWN_DELAY_MS = 100
/** How long after a change of another store: its writer does it, unless it was killed. */
const FOREIGN_DELAY_MS = 500
/** At most one part in this many of the time goes into writing views. */
const SHARE_OF_TIME = 10
/** How often closing begins again because other stores went on committing. Each of them writes the view as well. */
const MAX_ROUNDS = 5

/** What the view is of. */
export interface ViewSource {
  readonly state: CatalogState
  readonly head: ChainPoint
  /** Of the journal. */
  readonly inode: number
  catchUp(): Promise<void>
  /** Makes durable all that `state` shows. */
  sync(): Promise<void>
  /** Commits an edit of the view by hand; EDITED_OUTSIDE if that is not possible. */
  adoptEdit(edited: CatalogState, revision: number | undefined): Promise<void>
  /** Keeps under another name a view that shows records which the journal does not have. */
  keepNewer(revision: number): Promise<void>
}

export interface ViewWriterParts {
  readonly disk: FileSystem
  readonly names: FileNames
  /** The id of the store that writes, for names of its own. */
  readonly writer: string
  readonly source: ViewSource
  readonly timers: Timers
}

/**
 * Keeps `catalog.json` close behind the journal: at most about a second (a large catalog takes a tenth of the time),
 * and exact after {@link close}. The file is replaced by rename, so any reader finds complete JSON at every instant.
 * It is derived: a crash at any point costs only its freshness, which the next writer restores. What was written
 * into it by hand is committed, or refused as EDITED_OUTSIDE and then left alone; one of another journal that shows more
 * than this one holds is kept under another name.
 */
export class ViewWriter {
  readonly #parts: ViewWriterParts
  readonly #temporary: string
  #cancelTimer: (() => void) | undefined
  #writing: Promise<void> | undefined
  #isStale = false
  #isClosed = false
  #minimumDelayMs = 0

  constructor(parts: ViewWriterParts) {
    this.#parts = parts
    this.#temporary = parts.names.temporary('view', parts.writer)
  }

  /** Tells that the journal has grown. */
  touch(by: 'own' | 'foreign'): void {
    this.#isStale = true
    if (this.#isClosed || this.#cancelTimer !== undefined || this.#writing !== undefined) return
    const delayMs = Math.max(by === 'own' ? OWN_DELAY_MS : FOREIGN_DELAY_MS, this.#minimumDelayMs)
    this.#cancelTimer = this.#parts.timers.after(delayMs, () => this.#onTimer())
  }

  /**
   * Writes nothing more by itself, and resolves when the view on disk shows all that the journal held when this was
   * called. EDITED_OUTSIDE.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    await this.#writing
    for (let round = 0; round === 0 || (this.#isStale && round < MAX_ROUNDS); round += 1) await this.#write()
  }

  /**
   * Commits what was done to the view by hand, and returns the revision of an intact one. One that knows more than the
   * journal is kept under another name.
   */
  async adoptEdit(): Promise<number | undefined> {
    const { disk, names, source } = this.#parts
    // Before catching up: a view of this journal then cannot be ahead of what we know.
    const found = await readView(disk, names)
    await source.catchUp()
    if (found?.kind === 'edited') await source.adoptEdit(found.state, found.revision)
    if (found?.kind !== 'intact') return undefined
    if (found.revision <= source.head[0]) return found.revision
    await source.keepNewer(found.revision)
    return undefined
  }

  #onTimer(): void {
    this.#cancelTimer = undefined
    const startedAt = this.#parts.timers.nowMs()
    this.#writing = this.#write()
      // A view that cannot be written now is only stale: the next change, or closing, tries again and tells.
      .catch(() => undefined)
      .finally(() => {
        this.#writing = undefined
        this.#minimumDelayMs = (this.#parts.timers.nowMs() - startedAt) * SHARE_OF_TIME
        if (this.#isStale) this.touch('foreign')
      })
  }

  async #write(): Promise<void> {
    const { disk, names, source } = this.#parts
    const before = await disk.fingerprintOf?.(names.view)
    const present = await this.adoptEdit()
    this.#isStale = false
    const [revision] = source.head
    if (present === revision) return
    const pieces = await formatView(source.state, revision, source.inode)
    // A power cut must not take what the view shows: another record would get its number.
    await source.sync()
    await withTemporaryFile(disk, this.#temporary, pieces, async () => {
      // An operator may have saved an edit since, or another store its view: that is looked at first.
      this.#isStale = !isDeepStrictEqual(await disk.fingerprintOf?.(names.view), before)
      if (!this.#isStale) await replaceView(disk, names, this.#temporary, revision)
    })
    // A newer view of another store may just have been replaced: looking again sets #isStale in that case.
    await source.catchUp()
  }
}
