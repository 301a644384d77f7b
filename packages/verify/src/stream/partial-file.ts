import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { UnderlyingSink } from 'node:stream/web'
import { syncDataOf, syncDirectory, withFileErrors } from '@catalog/system-calls'
import { assertOptions, CatalogError, createInvalidInput, type OptionKinds } from '@catalog/types'
import { parsePath } from '../file/parse-path.ts'
import { openWritableFile, type WritableFile, writeFully } from '../file/writable-file.ts'
import { assertBytes } from '../hashing/sha256.ts'
import { removeCheckpoint } from './checkpoint-file.ts'

/** Options of a partial file. */
export interface PartialFileOptions {
  /** The offset of the first byte to write. The file is cut off there. Default 0: start over. */
  readonly fromByte?: number | undefined
}

const PARTIAL_FILE_OPTIONS: OptionKinds<PartialFileOptions> = { fromByte: 'any' }

/**
 * Opens the file of a download, for `pipeTo`. Bytes after `fromByte` are cut off; with 0 the file is created
 * if missing, and its checkpoint removed. The stream asks for the next chunk only when the last one is
 * written, so that a checkpoint of the stream before it covers written bytes. After closing, the bytes and
 * the name survive a power cut; after aborting, all that was written stays. Only one program at a time may
 * write a partial file. Writing and closing may fail with NO_SPACE and IO.
 *
 * @throws {CatalogError} INVALID_INPUT if the path or an option is invalid
 * @throws {CatalogError} FILE_MISSING if the file does not exist and `fromByte` is not 0, or its directory
 *   does not exist
 * @throws {CatalogError} SIZE_MISMATCH if the file has fewer bytes than `fromByte`
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link at the path
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} IO if the disk cannot be written
 */
export async function openPartialFile(
  path: string,
  options: PartialFileOptions = {},
): Promise<WritableStream<Uint8Array>> {
  assertOptions(options, PARTIAL_FILE_OPTIONS)
  const { fromByte = 0 } = options
  const name = parsePath(path)
  if (!Number.isSafeInteger(fromByte) || fromByte < 0) throw createInvalidFromByte(fromByte)
  const file = await openWritableFile(name, fromByte === 0)
  try {
    await cutOff(file, name, fromByte)
  } catch (error) {
    await file.handle.close()
    throw error
  }
  return new WritableStream(new PartialFileSink(file.handle, name, fromByte))
}

async function cutOff({ handle, stats }: WritableFile, path: string, fromByte: number): Promise<void> {
  const foundBytes = Number(stats.size)
  if (foundBytes < fromByte) {
    const message = `${path} has ${foundBytes} bytes, fewer than the ${fromByte} to keep`
    throw new CatalogError('SIZE_MISMATCH', message, { path, expectedBytes: fromByte, foundBytes })
  }
  if (fromByte === 0) await forgetCheckpoint(path)
  await withFileErrors('ftruncate', path, () => handle.truncate(fromByte))
}

/** For good, and before the first new byte: it would fit this very file again once that has grown beyond its offset. */
async function forgetCheckpoint(path: string): Promise<void> {
  await removeCheckpoint(path)
  await withFileErrors('sync', dirname(path), () => syncDirectory(dirname(path)))
}

class PartialFileSink implements UnderlyingSink<Uint8Array> {
  readonly #handle: FileHandle
  readonly #path: string
  #position: number

  constructor(handle: FileHandle, path: string, fromByte: number) {
    this.#handle = handle
    this.#path = path
    this.#position = fromByte
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      assertBytes(chunk, 'chunk')
      await withFileErrors('write', this.#path, () => writeFully(this.#handle, chunk, this.#position))
      this.#position += chunk.length
    } catch (error) {
      // A stream that failed is neither closed nor aborted later.
      await this.#handle.close()
      throw error
    }
  }

  async close(): Promise<void> {
    try {
      await withFileErrors('fdatasync', this.#path, () => syncDataOf(this.#handle))
    } finally {
      await this.#handle.close()
    }
    await withFileErrors('sync', dirname(this.#path), () => syncDirectory(dirname(this.#path)))
  }

  async abort(): Promise<void> {
    await this.#handle.close()
  }
}

function createInvalidFromByte(fromByte: unknown): Error {
  return createInvalidInput([
    { field: 'fromByte', problem: `must be an integer number of bytes, not ${String(fromByte)}` },
  ])
}
