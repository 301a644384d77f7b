import type { CatalogState } from './catalog-state.ts'
import type { FileNames } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { withTemporaryFile } from './new-file.ts'
import { readFileIfPresent } from './read-file.ts'
import type { ChainPoint } from './record.ts'
import type { Timers } from './timers.ts'
import { formatView, parseViewRevision } from './view-codec.ts'

/** How long after a change of this store the view follows. */
const OWN_DELAY_MS = 100
/** How long after somebody else's change: its writer does it, unless it was killed. */
const FOREIGN_DELAY_MS = 500
/** At most one part in this many of the time goes into writing views. */
const SHARE_OF_TIME = 5
/** How often a flush begins again because other stores went on committing. Each of them writes the view as well. */
const MAX_ROUNDS = 5
/** `{`, the revision and what is around it. */
const HEAD_BYTES = 64

/** What the view is of. */
interface ViewSource {
  readonly state: CatalogState
  readonly head: ChainPoint
  catchUp(): Promise<void>
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
 * Keeps `catalog.json` close behind the journal: at most about a second, and exact after {@link flush}. The
 * file is replaced by rename, so any reader finds complete JSON at every instant. It is derived: a crash at
 * any point costs only its freshness, which the next writer restores.
 */
export class ViewWriter {
  readonly #disk: FileSystem
  readonly #names: FileNames
  readonly #temporary: string
  readonly #source: ViewSource
  readonly #timers: Timers
  #cancelTimer: (() => void) | undefined
  #writing: Promise<void> | undefined
  #isStale = false
  #minimumDelayMs = 0

  constructor({ disk, names, writer, source, timers }: ViewWriterParts) {
    this.#disk = disk
    this.#names = names
    this.#temporary = names.temporary('view', writer)
    this.#source = source
    this.#timers = timers
  }

  /** Tells that the journal has grown. */
  touch(by: 'own' | 'foreign'): void {
    this.#isStale = true
    if (this.#cancelTimer !== undefined || this.#writing !== undefined) return
    const delayMs = Math.max(by === 'own' ? OWN_DELAY_MS : FOREIGN_DELAY_MS, this.#minimumDelayMs)
    this.#cancelTimer = this.#timers.after(delayMs, () => this.#onTimer())
  }

  /** Resolves when the view on disk shows all that the journal held when this was called. */
  async flush(): Promise<void> {
    await this.#writing?.catch(() => undefined)
    for (let round = 0; round === 0 || (this.#isStale && round < MAX_ROUNDS); round += 1) await this.#write()
    this.stop()
  }

  /** Writes nothing more by itself. */
  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #onTimer(): void {
    this.#cancelTimer = undefined
    const startedAt = performance.now()
    this.#writing = this.#write()
      // A view that cannot be written now is only stale: the next change, or closing, tries again.
      .catch(() => undefined)
      .finally(() => {
        this.#writing = undefined
        this.#minimumDelayMs = (performance.now() - startedAt) * SHARE_OF_TIME
        if (this.#isStale) this.touch('foreign')
      })
  }

  async #write(): Promise<void> {
    // Before catching up: a view of this journal then cannot be ahead of what we know.
    const present = parseViewRevision(await readFileIfPresent(this.#disk, this.#names.view, HEAD_BYTES))
    await this.#source.catchUp()
    this.#isStale = false
    const [revision] = this.#source.head
    if (present === revision) return
    const pieces = await this.#format(revision)
    await withTemporaryFile(this.#disk, this.#temporary, pieces, async () => {
      await this.#disk.rename(this.#temporary, this.#names.view)
    })
    // Somebody's newer view may just have been replaced: looking again sets #isStale in that case.
    await this.#source.catchUp()
  }

  async #format(revision: number): Promise<readonly Buffer[]> {
    const pieces: Buffer[] = []
    for (const piece of formatView(this.#source.state, revision)) {
      pieces.push(Buffer.from(piece))
      await new Promise(setImmediate)
    }
    return pieces
  }
}
