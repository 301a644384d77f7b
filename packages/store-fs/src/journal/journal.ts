/** Room `journal`: the journal that a store has open, and how it is appended to. */

import { isCatalogError } from '@catalog/types'
import type { ChainPoint, EncodedCommit, RecordContent } from '../format/record.ts'
import { readIntactPrefix } from '../repair/salvage.ts'
import { detachSegment } from '../segment/open-segment.ts'
import type { ReplayedRecord } from '../segment/replay.ts'
import { createJournalClosed, SegmentChain, type SegmentChainParts } from '../segment/segment-chain.ts'
import type { AppliedCommit, CatalogState } from '../state/catalog-state.ts'
import { type JournalEnd, ViewClaim } from '../view/view-claim.ts'
import type { RecoveryReport } from './recovery-report.ts'

/** A segment is sealed when it is longer than this, and than twice its snapshot. */
export const DEFAULT_SEGMENT_BYTES: number = 4 << 20

/** `intact-prefix`: to read, of a damaged journal what is certain. */
export type JournalAccess = 'write' | 'read' | 'intact-prefix'

export interface JournalParts extends Omit<SegmentChainParts, 'canWrite'> {
  readonly access: JournalAccess
}

type JournalRecovery = Pick<RecoveryReport, 'tornLines' | 'dropped' | 'damage'>

/**
 * The shared log over all its segments: follows what everybody appends, and appends, one write after another.
 */
export class Journal {
  /** What opening found. */
  readonly recovery: JournalRecovery
  readonly #chain: SegmentChain
  /** The write under way: the next one begins when it has settled. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** Opens the present segment, created if missing, and reads it to its end. */
  static async open({ access, ...parts }: JournalParts): Promise<Journal> {
    const chainParts = { ...parts, canWrite: access === 'write' }
    try {
      return await openChain(chainParts)
    } catch (error) {
      if (access !== 'intact-prefix' || !isCatalogError(error, 'DAMAGED')) throw error
      const { number, snapshot } = await readIntactPrefix(parts.disk, parts.names)
      const prefix = detachSegment(number, error.details.path, snapshot)
      const recovery = { tornLines: 0, dropped: undefined, damage: error.details }
      return new Journal(new SegmentChain(chainParts, prefix), recovery)
    }
  }

  constructor(chain: SegmentChain, recovery: JournalRecovery) {
    this.#chain = chain
    this.recovery = recovery
  }

  get state(): CatalogState {
    return this.#chain.present.replay.state
  }

  get head(): ChainPoint {
    return this.#chain.present.replay.head
  }

  get path(): string {
    return this.#chain.present.path
  }

  /** Of the file at the path. */
  get inode(): number {
    return this.#chain.present.tail.inode
  }

  /** Whether the segment has reached the length at which to seal it. */
  get isLong(): boolean {
    const { tail, limitBytes } = this.#chain.present
    return tail.length >= limitBytes
  }

  /** Whether the segment has ended: the next record goes into another one. */
  get isSealed(): boolean {
    return this.#chain.present.replay.isSealed
  }

  /** True where nothing was added since the last look: one `fstat`. A promise only where the disk gives one. */
  isCurrent(): boolean | Promise<boolean> {
    return this.#chain.isCurrent()
  }

  /** Reads all that was in the journal when this was called. */
  catchUp(): Promise<void> {
    return this.#chain.catchUp()
  }

  /** Writes one record with these commits and returns the outcome of each; then it is durable. */
  append(commits: readonly EncodedCommit[]): Promise<readonly AppliedCommit[]> {
    return this.#inTurn(async () => {
      const [written] = await this.#appendRecords([{ commits }])
      return written?.outcomes ?? []
    })
  }

  /**
   * Writes these records right behind the last one, and returns those that count, in order; then they are durable. All count if no
   * other process writes.
   *
   * @param last the number of that record: nothing is written if it is not the last one
   */
  appendAll(records: readonly RecordContent[], last: number): Promise<readonly ReplayedRecord[]> {
    return this.#inTurn(() => this.#appendRecords(records, last))
  }

  /** Makes durable all that the state has of others, so that it may be shown where it outlives a power cut. */
  sync(): Promise<void> {
    return this.#inTurn(() => this.#chain.present.writer.syncUpTo(this.head[0]))
  }

  /** Reads all that is in the journal, and makes void a record at its end that has no line feed: it never counts then. */
  voidOpenLine(): Promise<void> {
    return this.#inTurn(() => this.#chain.present.writer.voidOpenLine())
  }

  /** Puts the sync of the last commit on record. */
  mark(): Promise<void> {
    return this.#inTurn(() => this.#chain.present.writer.mark())
  }

  /** Seals the segment if it is long enough, and makes the next one. */
  sealIfLong(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.isLong) return
      await this.#chain.present.writer.append({ seal: true })
      await this.#chain.ensureOpenSegment()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#turn
    await this.#chain.close()
  }

  async #appendRecords(
    contents: readonly RecordContent[],
    last?: number,
  ): Promise<readonly ReplayedRecord[]> {
    for (;;) {
      const written = await this.#chain.present.writer.appendAll(contents, last)
      if (written !== undefined) return written
      // Sealed, perhaps by another process in between, so that the record does not count.
      await this.#chain.ensureOpenSegment()
    }
  }

  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#isClosed) throw createJournalClosed()
      return this.#chain.use(write())
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

async function openChain(parts: SegmentChainParts): Promise<Journal> {
  const claim = await ViewClaim.read(parts.disk, parts.names)
  const chain = await SegmentChain.open(parts)
  try {
    return new Journal(chain, await readToEnd(chain, claim))
  } catch (error) {
    await chain.close()
    throw error
  }
}

async function readToEnd(chain: SegmentChain, claim: ViewClaim | undefined): Promise<JournalRecovery> {
  const { path, replay, tail } = chain.present
  await tail.catchUp()
  const dropped = replay.cut === undefined ? undefined : { path, ...replay.cut }
  if (dropped !== undefined) {
    await claim?.assertKept(endOf(chain))
    await chain.leaveCut()
  }
  await chain.catchUp()
  await claim?.assertKept(endOf(chain))
  return { tornLines: replay.tornLines, dropped, damage: undefined }
}

/** Where the journal ends, as it was read. */
function endOf({ present: { path, replay, tail } }: SegmentChain): JournalEnd {
  return { path, head: replay.head[0], inode: tail.inode }
}
