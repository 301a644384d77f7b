import { chmod, constants, copyFile, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, syncDataOf, syncDirectory, withFileErrors } from '@catalog/system-calls'
import {
  assertOptions,
  CatalogError,
  createInvalidInput,
  type DigestFileOptions,
  type DigestProgress,
  type OptionKinds,
  parseSha256Digest,
} from '@catalog/types'
import { digestFile } from '../digest/default-verifier.ts'
import { parsePath } from '../file/parse-path.ts'
import { readFileAt } from '../file/read-at.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { withRegularFile } from '../file/with-regular-file.ts'
import { createDigestStream } from './digest-stream.ts'
import type { StreamDigest } from './digest-work.ts'
import { openPartialFile } from './partial-file.ts'

/** What a copy must be, and how it is made. */
export interface CopyOptions extends DigestFileOptions {
  /** The SHA-256 that the bytes must have, in any spelling. */
  readonly expected: string
  /** The size that the file must have, in bytes: if it has another, SIZE_MISMATCH before a byte is read. */
  readonly expectedSizeBytes?: number | undefined
  /** Whether the source may be a symbolic link. Default false. */
  readonly followSymlink?: boolean | undefined
}

/** A copy that was made. */
export interface VerifiedCopy extends StreamDigest {
  /** `reflink`: both files share their blocks on the disk until one is written to. */
  readonly by: 'reflink' | 'copy'
}

const COPY_OPTIONS: OptionKinds<CopyOptions> = {
  expected: 'any',
  expectedSizeBytes: 'any',
  followSymlink: 'boolean',
  signal: 'signal',
  onProgress: 'function',
}

const CHUNK_BYTES = 1024 * 1024
/** What a file system answers that has no reflinks, or none between these two places. */
const NO_REFLINK = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOTTY', 'ENOSYS', 'EPERM'])

/**
 * Copies a file, or makes a reflink of it where the file system can, and resolves only if the bytes have the expected
 * digest. The source is read once: the bytes are hashed on their way. Then they and their name survive a power
 * cut. A regular file at the target is replaced, so give the copy its final name only afterwards: while it is made, and
 * after a crash, the target is incomplete. It is removed if the copy fails or is aborted.
 *
 * @throws {CatalogError} INVALID_INPUT if a path or an option is invalid
 * @throws {CatalogError} DIGEST_MISMATCH if the source has other bytes
 * @throws {CatalogError} SIZE_MISMATCH if the source does not have `expectedSizeBytes`
 * @throws {CatalogError} FILE_MISSING if the source, or the directory of the target, does not exist
 * @throws {CatalogError} FILE_CHANGED if the source changed while it was read
 * @throws {CatalogError} NOT_A_REGULAR_FILE if the source or the target is something else
 * @throws {CatalogError} NO_SPACE if the disk is full
 * @throws {CatalogError} READ_ONLY if the file system of the target is read-only
 * @throws {CatalogError} IO if a disk cannot be read or written
 *
 * @example
 * ```ts
 * import { rename } from 'node:fs/promises'
 * import { copyVerified, digestFile } from '@catalog/verify'
 *
 * const { digest: expected } = await digestFile('model.gguf')
 * const { sizeBytes } = await copyVerified('model.gguf', 'copy.gguf.tmp', { expected })
 * await rename('copy.gguf.tmp', 'copy.gguf')
 * console.error(sizeBytes)
 * ```
 */
export async function copyVerified(
  source: string,
  target: string,
  options: CopyOptions,
): Promise<VerifiedCopy> {
  assertOptions(options, COPY_OPTIONS)
  const expected = parseSha256Digest(options.expected, 'expected')
  const { expectedSizeBytes, followSymlink = false, signal = new AbortController().signal } = options
  if (
    expectedSizeBytes !== undefined &&
    !(Number.isSafeInteger(expectedSizeBytes) && expectedSizeBytes >= 0)
  ) {
    throw createInvalidInput([{ field: 'expectedSizeBytes', problem: 'must be an integer number of bytes' }])
  }
  const to = parsePath(target)
  const opening = { path: parsePath(source), followSymlink, signal }
  let isBegun = false
  try {
    return await withRegularFile(opening, async (file) => {
      assertSize(file, opening.path, expectedSizeBytes)
      const task = { file, path: opening.path, target: to, expected, signal, onProgress: options.onProgress }
      // Refuses what is no regular file, so that nothing else is replaced or removed.
      const part = await openPartialFile(to)
      isBegun = true
      await part.close()
      const found = await makeReflink(task)
      return found === undefined ? { ...(await copyBytes(task)), by: 'copy' } : { ...found, by: 'reflink' }
    })
  } catch (error) {
    if (isBegun) await rm(to, { force: true })
    throw error
  }
}

interface CopyTask {
  readonly file: RegularFile
  /** Of the source, as errors name it. */
  readonly path: string
  readonly target: string
  readonly expected: string
  readonly signal: AbortSignal
  readonly onProgress: ((progress: DigestProgress) => void) | undefined
}

function assertSize({ sizeBytes }: RegularFile, path: string, expectedBytes: number | undefined): void {
  if (expectedBytes === undefined || expectedBytes === sizeBytes) return
  const message = `${path} has ${sizeBytes} bytes, expected ${expectedBytes}`
  throw new CatalogError('SIZE_MISMATCH', message, { path, expectedBytes, foundBytes: sizeBytes })
}

/** The digest of what the reflink shares; undefined where there are none. */
async function makeReflink(task: CopyTask): Promise<StreamDigest | undefined> {
  const { file, path, target, expected, signal, onProgress } = task
  await rm(target)
  try {
    await copyFile(file.target, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  } catch (error) {
    if (NO_REFLINK.has(errnoOf(error) ?? '')) return undefined
    return await withFileErrors('copy', target, () => Promise.reject(error))
  }
  await withFileErrors('sync', target, () => syncCopy(target))
  const { digest, sizeBytes } = await digestFile(target, { signal, onProgress })
  if (digest === expected) return { digest, sizeBytes }
  const message = `${path} has digest ${digest}, expected ${expected}`
  throw new CatalogError('DIGEST_MISMATCH', message, { path, expected, found: digest, sizeBytes })
}

/** A copy of the system has the mode of the source, which may say that its owner alone may read it. */
async function syncCopy(path: string): Promise<void> {
  await chmod(path, 0o666 & ~process.umask())
  const handle = await open(path, 'r+')
  try {
    await syncDataOf(handle)
  } finally {
    await handle.close()
  }
  await syncDirectory(dirname(path))
}

async function copyBytes({
  file,
  path,
  target,
  expected,
  signal,
  onProgress,
}: CopyTask): Promise<StreamDigest> {
  const hashing = createDigestStream({ expected, path })
  const part = await openPartialFile(target)
  await ReadableStream.from(readChunks(file, path, onProgress))
    .pipeThrough(hashing)
    .pipeTo(part, { signal })
  return await hashing.result
}

/** As many bytes as the file had when it was opened: one that grows has no end. */
async function* readChunks(
  { handle, sizeBytes }: RegularFile,
  path: string,
  onProgress: ((progress: DigestProgress) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < sizeBytes; ) {
    const length = Math.min(CHUNK_BYTES, sizeBytes - offset)
    const bytes = await readFileAt(handle, { path, offset, length })
    if (bytes.length === 0) return
    yield bytes
    offset += bytes.length
    onProgress?.({ doneBytes: offset, totalBytes: sizeBytes })
  }
}
