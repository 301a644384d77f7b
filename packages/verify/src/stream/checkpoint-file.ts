/** Room `stream`: the digest of a download, resumed after a crash. */

import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDataOf, syncDirectory, syncHandle, withFileErrors } from '@catalog/system-calls'
import { createInvalidInput, type FileIdentity, type HashCheckpoint, isCatalogError } from '@catalog/types'
import { parsePath } from '../file/parse-path.ts'
import { openRegularFile } from '../file/regular-file.ts'
import { openWritableFile, writeFully } from '../file/writable-file.ts'
import {
  createCheckpoint,
  formatCheckpoint,
  type ParsedCheckpoint,
  parseCheckpoint,
  parseCheckpointText,
} from '../hashing/hash-checkpoint.ts'
import { createNativeSha256 } from '../hashing/native-sha256.ts'

// A checkpoint is some 600 bytes long.
const MAX_TEXT_BYTES = 4096

// It holds bytes of the file in clear, and that file may have been made for its owner only.
const OWNER_ONLY = 0o600

/**
 * Saves a checkpoint beside its partial file, as `<path>.checkpoint`, and binds it to that file. Returns true
 * once the bytes before the offset, the names of both files and the checkpoint survive a power cut, in this
 * order; false, with nothing saved and the previous checkpoint kept, if the file does not hold these bytes
 * (yet). Only one program at a time may write a partial file.
 *
 * @throws {CatalogError} INVALID_INPUT if the path or the checkpoint is invalid
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} IO if the disk cannot be read
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} NO_SPACE if the disk is full
 */
export async function saveCheckpoint(path: string, checkpoint: HashCheckpoint): Promise<boolean> {
  const name = parsePath(path)
  const { offset, state, tail } = assertCheckpoint(checkpoint)
  const { handle, stats } = await openWritableFile(name, false)
  try {
    // Looked at before the sync: what is written during the sync is not covered by it.
    if (!(await withFileErrors('read', name, () => holdsTail(handle, checkpoint)))) return false
    await withFileErrors('fdatasync', name, () => syncDataOf(handle))
  } finally {
    await handle.close()
  }
  const bound = createCheckpoint({ offset, state, tail, file: toIdentity(stats) })
  await replaceFile(checkpointPath(name), formatCheckpoint(bound))
  return true
}

/**
 * Removes the checkpoint of a partial file, if there is one, once the file is whole and has its final name. A
 * power cut may bring it back, which does no harm.
 *
 * @throws {CatalogError} INVALID_INPUT if the path is invalid
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} IO if the disk cannot be written
 */
export async function removeCheckpoint(path: string): Promise<void> {
  const name = checkpointPath(parsePath(path))
  await withFileErrors('unlink', name, () => rm(name, { force: true }))
}

/** The checkpoint beside a partial file; undefined if there is none. */
export async function readCheckpoint(path: string): Promise<ParsedCheckpoint | undefined> {
  try {
    return parseSaved(await readText(checkpointPath(path)))
  } catch (error) {
    if (isCatalogError(error, 'FILE_MISSING')) return undefined
    if (isCatalogError(error, 'NOT_A_REGULAR_FILE')) return { kind: 'damaged', detail: error.message }
    throw error
  }
}

/** Whether the file reaches to the offset of the checkpoint and has there the bytes that were hashed last. */
export async function holdsTail(handle: FileHandle, { offset, tail }: HashCheckpoint): Promise<boolean> {
  const bytes = await readFully(handle, tail.sizeBytes, offset - tail.sizeBytes)
  const sha256 = createNativeSha256()
  sha256.update(bytes)
  return sha256.digest() === tail.digest
}

export function toIdentity({ dev, ino }: BigIntStats): FileIdentity {
  return { dev: String(dev), ino: String(ino) }
}

/** Where the checkpoint of a partial file is. */
export function checkpointPath(path: string): string {
  return `${path}.checkpoint`
}

function assertCheckpoint(value: unknown): HashCheckpoint {
  const parsed = parseCheckpoint(value)
  if (parsed.kind === 'fits') return parsed.checkpoint
  throw createInvalidInput([{ field: 'checkpoint', problem: `must be a checkpoint, but ${parsed.detail}` }])
}

/** Only `saveCheckpoint` makes such a file, so one that is bound to no partial file is not its work. */
function parseSaved(text: string): ParsedCheckpoint {
  const parsed = parseCheckpointText(text)
  if (parsed.kind !== 'fits' || parsed.checkpoint.file !== undefined) return parsed
  return { kind: 'damaged', detail: 'it names no partial file' }
}

async function readText(path: string): Promise<string> {
  const { handle, sizeBytes } = await openRegularFile(path, false)
  try {
    const length = Math.min(sizeBytes, MAX_TEXT_BYTES)
    const bytes = await withFileErrors('read', path, () => readFully(handle, length, 0))
    return Buffer.from(bytes).toString('latin1')
  } finally {
    await handle.close()
  }
}

/** The bytes from a position, or those that are there. */
async function readFully(handle: FileHandle, sizeBytes: number, position: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes)
  let done = 0
  while (done < sizeBytes) {
    const { bytesRead } = await handle.read(bytes, done, sizeBytes - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** Puts a whole new file in the place of the one before, in one step, and waits until that is on the disk. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`
  await withFileErrors('write', temporary, async () => {
    // Left by a crash, or planted there: in no case ours to write into.
    await rm(temporary, { force: true })
    const handle = await open(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      OWNER_ONLY,
    )
    try {
      await writeFully(handle, Buffer.from(text), 0)
      await syncHandle(handle)
    } finally {
      await handle.close()
    }
  })
  await withFileErrors('rename', path, () => rename(temporary, path))
  await withFileErrors('sync', dirname(path), () => syncDirectory(dirname(path)))
}
