/** Room `repair`: writing right bytes over a wrong chunk. */

import { constants } from 'node:fs'
import { syncDataOf, withFileErrors } from '@catalog/system-calls'
import { assertOptions, createInvalidInput, type OptionKinds } from '@catalog/types'
import { assertChunkMap, type ByteRange, type Chunk, type ChunkMap, listChunks } from '../chunks/chunk-map.ts'
import { parsePath } from '../file/parse-path.ts'
import { openRegularFile, type RegularFile } from '../file/regular-file.ts'
import { assertSameFile } from '../file/unchanged-file.ts'
import { type ReplacementBytes, type ReplacementChunk, readReplacements } from './replacement-bytes.ts'

/** Options of one repair. */
export interface RepairOptions {
  /** Cancels before the next chunk is written: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Whether the path may be a symbolic link. Default false. */
  readonly followSymlink?: boolean | undefined
}

const REPAIR_OPTIONS: OptionKinds<RepairOptions> = { signal: 'signal', followSymlink: 'boolean' }

/**
 * Writes bytes that were fetched again over a damaged range of whole chunks, in place, each chunk only if its
 * digest is that of the map: wrong bytes are never written. A Uint8Array is checked completely before
 * anything is written; a stream is checked and written chunk by chunk, with one chunk in memory. When it
 * resolves, the bytes are on the disk (fdatasync). Audit the file again afterwards. Rejects with the signal's
 * reason once it is aborted.
 *
 * @throws {CatalogError} INVALID_INPUT if an argument is invalid, or the range does not begin and end with a
 *   chunk
 * @throws {CatalogError} SIZE_MISMATCH if there are more or fewer bytes than the range has
 * @throws {CatalogError} DIGEST_MISMATCH if the bytes are wrong; `sizeBytes` is that of the chunk
 * @throws {CatalogError} FILE_MISSING if there is no file at the path
 * @throws {CatalogError} NOT_A_REGULAR_FILE if there is a directory, a device or a symbolic link that is not
 *   followed
 * @throws {CatalogError} IO if the disk cannot be read
 * @throws {CatalogError} FILE_CHANGED if another file took the path meanwhile
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} NO_SPACE if the disk is full
 */
export async function repairRange(
  path: string,
  chunkMap: ChunkMap,
  range: ByteRange,
  bytes: ReplacementBytes,
  options: RepairOptions = {},
): Promise<void> {
  assertOptions(options, REPAIR_OPTIONS)
  const name = parsePath(path)
  assertChunkMap(chunkMap)
  const { signal, followSymlink = false } = options
  signal?.throwIfAborted()
  const chunks = findChunks(chunkMap, range)
  if (bytes instanceof Uint8Array) await checkAll(name, chunks, bytes)
  const replacements = readReplacements(name, chunks, bytes)
  const file = await openRegularFile(name, followSymlink, constants.O_RDWR)
  try {
    for await (const replacement of replacements) {
      signal?.throwIfAborted()
      await writeAll(file, replacement, name)
    }
    await withFileErrors('fdatasync', name, () => syncDataOf(file.handle))
    await assertSameFile(file, { path: name, followSymlink })
  } finally {
    await file.handle.close()
  }
}

/** The chunks that a range consists of. */
function findChunks(map: ChunkMap, { offset, length }: ByteRange): readonly Chunk[] {
  const end = offset + length
  const chunks = listChunks(map).filter(
    (chunk) => chunk.offset >= offset && chunk.offset + chunk.length <= end,
  )
  const covered = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  if (covered > 0 && covered === length && chunks[0]?.offset === offset) return chunks
  const problem = `must begin and end with a chunk of ${map.chunkBytes} bytes of the file`
  throw createInvalidInput([{ field: 'range', problem }])
}

async function checkAll(path: string, chunks: readonly Chunk[], bytes: Uint8Array): Promise<void> {
  for await (const _ of readReplacements(path, chunks, bytes));
}

/** A write may take less than it was given without having failed. */
async function writeAll(
  { handle }: RegularFile,
  { offset, bytes }: ReplacementChunk,
  path: string,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await withFileErrors('write', path, () =>
      handle.write(bytes, done, bytes.length - done, offset + done),
    )
    done += bytesWritten
  }
}
