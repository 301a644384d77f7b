import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { toDiskError } from '@catalog/system-calls'
import type { CatalogStore } from '@catalog/types'
import type { FileSystem } from './disk/file-system.ts'
import { assertLocal } from './disk/local-file-system.ts'
import { nodeFileSystem } from './disk/node-file-system.ts'
import { statusIfPresent } from './disk/read-file.ts'
import { systemClock, systemTimers } from './disk/timers.ts'
import { accessOf, type FileStoreOptions, parseFileStoreOptions } from './file-store-options.ts'
import { type FileNames, fileNamesIn } from './format/file-names.ts'
import { ModelHistories } from './history/model-histories.ts'
import { DEFAULT_SEGMENT_BYTES, Journal } from './journal/journal.ts'
import { isNoteworthy, type NewerView, type RecoveryReport } from './journal/recovery-report.ts'
import { createViewSource, findNewerView } from './journal-view.ts'
import { OpenedStore } from './opened-store.ts'
import { assertCatalogPresent, removeAbandonedFiles } from './segment/create-catalog.ts'
import { ViewClaim } from './view/view-claim.ts'
import { ViewWriter } from './view/view-writer.ts'
import { ChangeFeed } from './watch/change-feed.ts'

export type { FileStoreOptions }

/**
 * Opens the catalog in a directory, for any number of callers, threads and processes at once. A directory
 * that has only a `catalog.json` is adopted. No lock is taken, so a crash leaves none.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 * @throws {CatalogError} CATALOG_MISSING if there is no catalog, and `readOnly` is set or `create` is false
 * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
 * @throws {CatalogError} EDITED_OUTSIDE if `catalog.json` was edited and cannot be adopted
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} SHARED_FILE_SYSTEM if several machines may write to the file system, without
 *   `onlyWriter`
 * @throws {CatalogError} READ_ONLY if the file system is read-only, without `readOnly`
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} IO if the disk cannot be read or written
 *
 * @example
 * ```ts
 * import { openFileStore } from '@catalog/store-fs'
 *
 * const store = await openFileStore({ root: './models' })
 * console.log(await store.refresh()) // 0
 * await store.close()
 * ```
 */
export async function openFileStore(given: FileStoreOptions): Promise<CatalogStore> {
  const options = parseFileStoreOptions(given)
  return await openStoreAt(options, fileNamesIn(resolve(options.root)))
}

/** The same with other names than those of the root: a copy that is not finished has its own file for the format. */
export async function openStoreAt(options: FileStoreOptions, names: FileNames): Promise<CatalogStore> {
  const { clock = systemClock, disk = nodeFileSystem, timers = systemTimers } = options
  const { segmentBytes = DEFAULT_SEGMENT_BYTES } = options
  const writer = randomUUID()
  let view: ViewWriter | undefined
  let feed: ChangeFeed | undefined
  const histories = new ModelHistories(disk, names)
  const access = accessOf(options)
  const canWrite = access === 'write'
  try {
    if (canWrite && options.onlyWriter !== true) await assertLocal(disk, names.root)
    if (canWrite && options.create === false) await assertCatalogPresent(disk, names)
    const claim = canWrite ? undefined : await ViewClaim.read(disk, names)
    const journal = await Journal.open({
      access,
      disk,
      names,
      identity: { id: writer, seq: 0 },
      clock,
      segmentBytes,
      timers,
      onRecord: (replayed) => {
        view?.touch(replayed.record.writer === writer ? 'own' : 'foreign')
        feed?.publish(replayed)
        histories.publish(replayed)
      },
    })
    // A process that may only read leaves the cleanup to writers.
    const removedFiles = canWrite ? await removeAbandonedFiles(disk, names).catch(() => []) : []
    let newerView = await findNewerView(names, claim, journal).catch(() => undefined)
    const onNewerView = (found: NewerView): void => {
      newerView ??= found
    }
    if (canWrite) {
      const source = createViewSource({ disk, names, journal, clock, onNewerView })
      view = new ViewWriter({ disk, names, writer, source, timers })
    }
    feed = new ChangeFeed({ disk, names, journal, timers })
    const { onStaleView } = options
    const store = new OpenedStore({ disk, names, journal, view, feed, histories, timers, onStaleView })
    const linkedFiles = await findLinkedFiles(disk, journal)
    await store.start(() =>
      tellRecovery(options, { ...journal.recovery, removedFiles, newerView, linkedFiles }),
    )
    return store
  } catch (error) {
    throw toDiskError(error, 'open the catalog in', names.root)
  }
}

/** Of the files only the present journal is written in place: the others are replaced, or never written again. */
async function findLinkedFiles(disk: FileSystem, { path }: Journal): Promise<readonly string[]> {
  const status = await statusIfPresent(disk, path).catch(() => undefined)
  return status !== undefined && status.nlink > 1 ? [path] : []
}

function tellRecovery({ onRecovery }: FileStoreOptions, report: RecoveryReport): void {
  if (isNoteworthy(report)) onRecovery?.(report)
}
