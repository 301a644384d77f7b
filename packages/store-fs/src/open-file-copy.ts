import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { toDiskError } from '@catalog/system-calls'
import type { CatalogCopy } from '@catalog/types'
import { parseText } from '@catalog/types/schema'
import { FileCopy } from './copy/file-copy.ts'
import type { FileSystem } from './disk/file-system.ts'
import { assertLocal } from './disk/local-file-system.ts'
import { nodeFileSystem } from './disk/node-file-system.ts'
import { readFileIfPresent } from './disk/read-file.ts'
import { openStoreAt } from './file-store.ts'
import { copyNamesIn, type FileNames, fileNamesIn } from './format/file-names.ts'
import { DEFAULT_SEGMENT_BYTES } from './journal/journal.ts'
import { findSegment } from './segment/create-catalog.ts'
import { isUnfinished } from './segment/format-version.ts'

/**
 * Opens a directory for a copy of another catalog, with its history. Nothing is written until the copy begins.
 *
 * @throws {CatalogError} INVALID_INPUT if the root is not a non-empty string
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog that is there
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} SHARED_FILE_SYSTEM if several machines may write to the file system
 * @throws {CatalogError} IO if the disk cannot be read
 */
export async function openFileCopy(root: string): Promise<CatalogCopy> {
  return await openFileCopyOn(nodeFileSystem, resolve(parseText('root', root)))
}

/** The same on another disk, and with segments of another length. */
export async function openFileCopyOn(
  disk: FileSystem,
  root: string,
  segmentBytes: number = DEFAULT_SEGMENT_BYTES,
): Promise<CatalogCopy> {
  const [names, copyNames] = [fileNamesIn(root), copyNamesIn(root)]
  try {
    await assertLocal(disk, root)
    const state = await findState(disk, names, copyNames)
    const open = (which: FileNames) => openStoreAt({ root, readOnly: true, disk }, which)
    return new FileCopy({ disk, names, copyNames, writer: randomUUID(), state, segmentBytes, open })
  } catch (error) {
    throw toDiskError(error, 'open the catalog in', root)
  }
}

async function findState(
  disk: FileSystem,
  names: FileNames,
  copyNames: FileNames,
): Promise<CatalogCopy['state']> {
  if (await isUnfinished(disk, names)) {
    return (await findSegment(disk, copyNames)) === undefined ? 'empty' : 'unfinished'
  }
  const isThere =
    (await findSegment(disk, names)) !== undefined ||
    (await readFileIfPresent(disk, names.view, 0)) !== undefined
  return isThere ? 'finished' : 'empty'
}
