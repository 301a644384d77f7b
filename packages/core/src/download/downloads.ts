import { type ModelEntry, parseModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { observeOperation } from '../entry/observe-operation.ts'
import { entryOfMatch } from '../verify/verified.ts'
import { beginDownload, type ModelDownload, type NoDownload } from './begin-download.ts'
import { abandonDownload, renewDownload } from './download-holder.ts'
import {
  type AbandonDownloadOptions,
  type BeginDownloadOptions,
  type FinishDownloadOptions,
  parseAbandonOptions,
  parseBeginOptions,
  parseFinishOptions,
  parseRenewOptions,
  type RenewDownloadOptions,
  withDefaults,
} from './download-options.ts'
import { finishDownload } from './finish-download.ts'

/**
 * Downloads of models, one at a time for each model: begin, fill the partial files, renew now and then,
 * finish or abandon.
 */
export class Downloads {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * Makes the caller the only downloader of the model, and returns where each file is collected and from
   * which byte it continues. Durable when it resolves. The same holder may begin again at any time, another
   * holder after `until`. Resolves to `needed: false`, and records nothing, if this machine has verified the
   * model and its files are unchanged. If files of an Active model changed or are missing, its evidence on
   * their volume is removed, and the model becomes Pending if no other volume has any.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid, or the model is registered in place and
   *   `inPlace` is not set
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} IN_USE if another holder downloads it, or another model that shares its file is
   *   downloaded
   * @throws {CatalogError} ALREADY_EXISTS if another model names its path without the same declared digest
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} READ_ONLY if the catalog is open read-only, or nothing may be written at the path
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be read or written
   * @throws {CatalogError} CLOSED if the catalog is closed
   *
   * @example
   * ```ts
   * import { copyFile } from 'node:fs/promises'
   *
   * await catalog.register({ id: 'mistral-7b', source: 'file:./model.gguf' })
   * const download = await catalog.downloads.begin('mistral-7b')
   * if (download.needed) {
   *   for (const { partialPath } of download.files) await copyFile('model.gguf', partialPath)
   *   const { state } = await catalog.downloads.finish('mistral-7b')
   *   console.log(state) // Active
   * }
   * ```
   */
  async begin(id: string, options?: BeginDownloadOptions): Promise<ModelDownload | NoDownload> {
    return observeOperation(this.#context, { operation: 'begin-download', id }, async () => {
      const { inPlace = false, ...how } = withDefaults(this.#context, parseBeginOptions(options))
      return beginDownload(this.#context, { id: parseModelId(id), inPlace, ...how })
    })
  }

  /**
   * Keeps the holder's download from other holders for longer. Durable when it resolves.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} DOWNLOAD_ENDED if the download has ended, or another holder has taken it over
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async renew(id: string, options?: RenewDownloadOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'renew-download', id }, async () => {
      const how = withDefaults(this.#context, parseRenewOptions(options))
      return renewDownload(this.#context, { id: parseModelId(id), ...how })
    })
  }

  /**
   * Syncs the holder's partial files, moves them to their names, reads them there, and makes the model Active
   * if all are right (a Retired model stays Retired). Each step is durable before the next. A wrong size, and
   * a file without a declared digest that cannot be a model, is found before anything is moved. If another
   * file is at a name, all partial files are read first too, and that file is quarantined only if they are
   * right. Wrong files are quarantined and recorded in `quarantine`; the model is then Failed as after
   * `verify`, unless this machine has it verified and unchanged. The download is renewed while files are
   * read. After a rejection with FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO or the signal's reason
   * the download goes on; files may then be unread at their names, and the next `finish` reads them there.
   *
   * @throws {CatalogError} DIGEST_MISMATCH if the bytes are wrong, once that is recorded
   * @throws {CatalogError} SIZE_MISMATCH if a size is wrong, once that is recorded
   * @throws {CatalogError} NOT_A_MODEL if a file without a declared digest cannot be a model, once that is
   *   recorded
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} DOWNLOAD_ENDED if the download has ended, or another holder has taken it over
   * @throws {CatalogError} CONFLICT if the entry was changed to mean other bytes
   * @throws {CatalogError} ALREADY_EXISTS if another model names its path without the same declared digest
   * @throws {CatalogError} IN_USE if a file at one of the names belongs to another model that is in use
   * @throws {CatalogError} DOWNLOAD_INCOMPLETE if a partial file is too short: the download goes on
   * @throws {CatalogError} FILE_MISSING if a file does not exist
   * @throws {CatalogError} NOT_A_REGULAR_FILE if a file is something else
   * @throws {CatalogError} FILE_CHANGED if a file changed while it was read
   * @throws {CatalogError} READ_ONLY if the catalog is open read-only, or nothing may be written at the path
   * @throws {CatalogError} NO_SPACE if the disk is full
   * @throws {CatalogError} IO if the disk cannot be read or written
   * @throws {CatalogError} CLOSED if the catalog is closed, also while files are read
   *
   * @example
   * ```ts
   * import { isCatalogError } from '@catalog/types'
   *
   * try {
   *   await catalog.downloads.finish('llama-3.1-8b')
   * } catch (error) {
   *   if (!isCatalogError(error, 'DOWNLOAD_ENDED')) throw error
   *   console.log(error.details.heldBy?.holder) // undefined
   * }
   * ```
   */
  async finish(id: string, options?: FinishDownloadOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'finish-download', id, options }, async () => {
      const how = withDefaults(this.#context, parseFinishOptions(options))
      return entryOfMatch(await finishDownload(this.#context, { id: parseModelId(id), ...how }))
    })
  }

  /**
   * Gives the holder's download up. The partial files stay. With `failed`, the entry records the problem, the
   * number of failures in a row and when the next download may be tried, until the model's bytes are right;
   * also after a `finish` that ended the download. Without `failed`, does nothing if the model is not being
   * downloaded.
   *
   * @throws {CatalogError} INVALID_INPUT if an argument is invalid
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} DOWNLOAD_ENDED if another holder has the download
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} CLOSED if the catalog is closed
   */
  async abandon(id: string, options?: AbandonDownloadOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'abandon-download', id }, async () => {
      const { holder = this.#context.holder, ...how } = parseAbandonOptions(options)
      return abandonDownload(this.#context, { id: parseModelId(id), holder, ...how })
    })
  }
}
