import { CatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import type { Reading, TargetFile } from '../entry/reading.ts'
import { inspectFiles, toUnread } from '../verify/inspect-files.ts'
import { declarationsOf, findWrongSizes } from '../verify/judge.ts'
import { readFiles } from '../verify/read-files.ts'
import { pathOf } from '../verify/verification-target.ts'
import { findDirectoryMove } from './collecting-directory.ts'
import { type CollectedFile, completeMoves, findPresent, placesOf } from './download-files.ts'
import { keepDownload } from './download-keeper.ts'
import { type FinishedDownload, isPartial } from './finished-download.ts'

/**
 * The files of a download, each where it stands whole or still at the name of its partial file; and the move by which they get
 * their names, if they are not given them `singly`.
 */
export async function findDownloaded(
  context: CatalogContext,
  entry: ModelEntry,
  { singly = false }: { readonly singly?: boolean } = {},
): Promise<Pick<FinishedDownload, 'target' | 'move'>> {
  const move = singly ? undefined : await findDirectoryMove(context, entry)
  const places = await placesOf(context, entry, move)
  const files = await Promise.all(places.map((place) => findSource(context, entry, place)))
  return { target: { entry, path: pathOf(context, entry), files, followSymlink: false }, move }
}

async function findSource(
  context: CatalogContext,
  entry: ModelEntry,
  file: CollectedFile,
): Promise<TargetFile> {
  await completeMoves(context, file)
  const { place, partialPath, part } = file
  const path = (await findPresent(context, entry, file)) ?? partialPath
  // Stryker disable next-line ConditionalExpression: an undefined part reads as an absent one.
  return { path, place, ...(part !== undefined && { part }) }
}

/** What can be known of the files without reading them to their end. Rejects if one has not come to its end. */
export async function inspectDownload(
  context: CatalogContext,
  request: FinishedDownload & VerifyOptions,
): Promise<Reading> {
  const { target, signal } = request
  for (const { path } of target.files) await context.files.syncFile(path)
  const unread = toUnread(context, target, await inspectFiles(context, target, signal))
  assertWhole(request, unread)
  return unread
}

/**
 * Writes all files to disk, and reads them back from there while the download is kept. What cannot be read to its end
 * rejects, and so does what has not come to its end.
 */
export async function readDownload(
  context: CatalogContext,
  request: FinishedDownload & VerifyOptions,
): Promise<Reading> {
  const { target, onProgress } = request
  for (const { path } of target.files) await context.files.syncFile(path)
  const keeper = keepDownload(context, request)
  const touch: VerifyOptions['onProgress'] = (progress) => {
    keeper.touch()
    onProgress?.(progress)
  }
  const reading = await readFiles(context, target, { signal: keeper.signal, onProgress: touch }).finally(() =>
    keeper.stop(),
  )
  keeper.signal.throwIfAborted()
  assertWhole(request, reading)
  return reading
}

/** DOWNLOAD_INCOMPLETE for a partial file that ends too early: it is not wrong, its download has not come to its end. */
function assertWhole({ id, target: { entry } }: FinishedDownload, { files }: Reading): void {
  const declaredOf = declarationsOf(entry)
  for (const file of findWrongSizes(entry, files)) {
    const { path, sizeBytes: foundBytes } = file
    const { sizeBytes: expectedBytes = foundBytes } = declaredOf(file)
    // Stryker disable next-line EqualityOperator: the sizes of these files differ.
    if (!isPartial(file) || foundBytes >= expectedBytes) continue
    const message = `the download of model "${id}" is not complete: ${path} has ${foundBytes} of ${expectedBytes} bytes`
    throw new CatalogError('DOWNLOAD_INCOMPLETE', message, { id, path, expectedBytes, foundBytes })
  }
}
