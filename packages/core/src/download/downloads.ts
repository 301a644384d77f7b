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

/** Downloads of models, one at a time for each model; `docs/provisioning.md` tells how a provisioner uses them. */
export class Downloads {
  readonly #context: CatalogContext

  constructor(context: CatalogContext) {
    this.#context = context
  }

  /**
   * Makes the caller the only one to download the model, and says where each file is collected and from which byte it
   * goes on. Durable before it resolves. The same holder may begin again at any time, another one after the time has
   * passed. Resolves to `needed: false`, and records nothing, if this machine has verified the model and its files
   * are unchanged. An Active model whose files are not loses this machine's evidence, and becomes Pending if no other
   * machine has any.
   *
   * @throws {CatalogError} INVALID_INPUT also for a model registered in place, without `inPlace`
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} IN_USE while another holder downloads it, or another model that shares its file is downloaded
   * @throws {CatalogError} ALREADY_EXISTS if another model names its path, and not with the same declared digest
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   * @throws {CatalogError} NOT_A_REGULAR_FILE if symbolic links lead out of the root
   * @throws {CatalogError} NO_SPACE, READ_ONLY
   */
  async begin(id: string, options?: BeginDownloadOptions): Promise<ModelDownload | NoDownload> {
    return observeOperation(this.#context, { operation: 'begin-download', id }, async () => {
      const { inPlace = false, ...how } = withDefaults(this.#context, parseBeginOptions(options))
      return beginDownload(this.#context, { id: parseModelId(id), inPlace, ...how })
    })
  }

  /**
   * Keeps the holder's download from other holders for longer.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} DOWNLOAD_ENDED if the download has ended, or another holder has taken it over
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   */
  async renew(id: string, options?: RenewDownloadOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'renew-download', id }, async () => {
      const how = withDefaults(this.#context, parseRenewOptions(options))
      return renewDownload(this.#context, { id: parseModelId(id), ...how })
    })
  }

  /**
   * Syncs the holder's partial files, moves them to their names, reads them there, and then makes the model Active if all
   * are right (a Retired one stays Retired): every step is durable before the next. A wrong size, and a file without a
   * declared digest that cannot be a model, is found before anything is moved. Where a name is taken all files are read
   * before too, and what stands there is quarantined only if they are right. Wrong files are quarantined and recorded in
   * `quarantine`; the model is Failed as after `verify`, unless this machine has it verified and unchanged. The download
   * is renewed while files are read. A finish that ends early may leave files unread at their names: the next one reads
   * them there.
   *
   * @throws {CatalogError} DIGEST_MISMATCH, SIZE_MISMATCH once it is recorded that the files are wrong
   * @throws {CatalogError} NOT_A_MODEL, in the same way, if a file without a declared digest cannot be a model
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} DOWNLOAD_ENDED if the download has ended, or another holder has taken it over
   * @throws {CatalogError} CONFLICT if the entry now means other bytes
   * @throws {CatalogError} ALREADY_EXISTS as for `begin`; IN_USE if another model that is in use has the file that stands
   *   at one of the names
   * @throws {CatalogError} DOWNLOAD_INCOMPLETE if a partial file is too short: then the download goes on
   * @throws {CatalogError} FILE_MISSING, NOT_A_REGULAR_FILE, FILE_CHANGED, IO: then the download goes on, as it does
   *   if `signal` is aborted
   */
  async finish(id: string, options?: FinishDownloadOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'finish-download', id, options }, async () => {
      const how = withDefaults(this.#context, parseFinishOptions(options))
      return entryOfMatch(await finishDownload(this.#context, { id: parseModelId(id), ...how }))
    })
  }

  /**
   * Gives the holder's download up. The partial files stay. With `failed`, the entry keeps what it failed of, how many
   * failed one after the other, and when the next one may be tried, until the model's bytes are right; also after a
   * `finish` that ended the download. Without, it does nothing if the model is not being downloaded.
   *
   * @throws {CatalogError} NOT_FOUND if no model has this id
   * @throws {CatalogError} DOWNLOAD_ENDED if the download is another holder's
   * @throws {CatalogError} CONFLICT if the entry is not at `ifRevision`
   */
  async abandon(id: string, options?: AbandonDownloadOptions): Promise<ModelEntry> {
    return observeOperation(this.#context, { operation: 'abandon-download', id }, async () => {
      const { holder = this.#context.holder, ...how } = parseAbandonOptions(options)
      return abandonDownload(this.#context, { id: parseModelId(id), holder, ...how })
    })
  }
}
