import type { CatalogError } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createDamaged } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'
import { MAX_HEAD_BYTES, parseViewHead, type ViewHead } from './view-codec.ts'
import { readIntactView } from './view-reader.ts'

/** Where a journal ends. */
export interface JournalEnd {
  readonly path: string
  /** The number of the last record. */
  readonly head: number
  /** 0 if unknown. */
  readonly inode: number
}

/**
 * What the view says that the journal holds. A view shows only what is synced, so that the journal that it was made
 * from, if it ends before that, has lost acknowledged records. Of a copy it says nothing: that may have
 * been made while records were written, the journal before the view.
 */
export class ViewClaim {
  readonly #disk: FileSystem
  readonly #names: FileNames
  readonly #head: ViewHead

  /** To be read before the journal is: a view that is newer than what was read of that proves nothing. */
  static async read(disk: FileSystem, names: FileNames): Promise<ViewClaim | undefined> {
    // The code that needs the view tells why it cannot be read.
    const bytes = await readFileIfPresent(disk, names.view, MAX_HEAD_BYTES).catch(() => undefined)
    const head = bytes && parseViewHead(bytes)
    return head && new ViewClaim(disk, names, head)
  }

  private constructor(disk: FileSystem, names: FileNames, head: ViewHead) {
    this.#disk = disk
    this.#names = names
    this.#head = head
  }

  /** The number of the record after which the view shows the catalog. */
  get revision(): number {
    return this.#head.revision
  }

  /** DAMAGED where records are missing. */
  async assertKept(end: JournalEnd): Promise<void> {
    const loss = await this.findLoss(end)
    if (loss !== undefined) throw loss
  }

  /** Whether the view shows more than a journal that ends there, of whichever journal it is. */
  async isAhead(head: number): Promise<boolean> {
    if (head >= this.revision) return false
    const shown = await readIntactView(this.#disk, this.#names)
    // Otherwise it was edited, or has been replaced since.
    return shown !== undefined && shown >= this.revision
  }

  /** DAMAGED if records are missing; undefined if none are, or if that is unknown. */
  async findLoss({ path, head, inode }: JournalEnd): Promise<CatalogError<'DAMAGED'> | undefined> {
    if (inode === 0 || inode !== this.#head.inode || !(await this.isAhead(head))) return undefined
    if (await this.#isLater(path)) return undefined
    const problem = `it ends with record ${head}, and ${this.#names.view} shows record ${this.revision}`
    return createDamaged(path, problem, { recordsBefore: head })
  }

  /** Whether a file was created after the view was written: a copy that was put back may have the inode of what was removed. */
  async #isLater(path: string): Promise<boolean> {
    const file = await this.#disk.fingerprintOf?.(path)
    const view = await this.#disk.fingerprintOf?.(this.#names.view)
    if (file?.birthtimeNs === undefined || view === undefined) return false
    return BigInt(file.birthtimeNs) > BigInt(view.mtimeNs)
  }
}
