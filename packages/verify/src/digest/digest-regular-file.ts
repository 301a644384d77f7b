import { toFileError, toFingerprint, withFileErrors } from '@catalog/system-calls'
import {
  CatalogError,
  type DigestProgress,
  type FileDigest,
  parseSha256Digest,
  type Sha256Digest,
} from '@catalog/types'
import type { Barrier } from '../barrier/barrier.ts'
import { type SettledFile, withSettledFile } from '../barrier/settled-file.ts'
import { ChunkDigests } from '../chunks/chunk-digests.ts'
import { CHUNK_BYTES, createChunkMap } from '../chunks/chunk-map.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { readPastEnd } from '../file/unchanged-file.ts'
import { createNativeSha256 } from '../hashing/native-sha256.ts'
import { createSha256 } from '../hashing/wasm-sha256.ts'
import type { HashedContent, HashThread } from '../pool/hash-thread.ts'
import type { JobController } from '../pool/job-controller.ts'
import type { ChunkedFileDigest, DigestRequest } from './digest-request.ts'
import { hashInSlices, SLICE_BYTES } from './hash-in-slices.ts'

/** What one digest works with. Aborting `cancel` ends it with the reason given there. */
export interface DigestTask {
  readonly request: DigestRequest
  readonly barrier: Barrier
  readonly thread: HashThread
  /** Hashes the chunks, where they are asked for; without one that is left to the thread. */
  readonly helper: HashThread | undefined
  readonly cancel: JobController
  readonly onProgress: ((progress: DigestProgress) => void) | undefined
}

/** The digest of a file by the protocol of a reading. */
export async function digestRegularFile(task: DigestTask): Promise<FileDigest | ChunkedFileDigest> {
  const { request, cancel, barrier } = task
  const startedAt = performance.now()
  const assertWanted = (file: RegularFile): void => assertExpectedSize(file, request)
  const { path, followSymlink } = request
  const named = { path, followSymlink, barrier, signal: cancel.signal, assertWanted }
  return await withSettledFile(named, async (file) => {
    const onDoneBytes = (doneBytes: number): void => reportProgress(task, doneBytes, file.sizeBytes)
    if (file.sizeBytes > 0) onDoneBytes(0)
    const content = await hashContent(file, task, onDoneBytes)
    const excessBytes = await withFileErrors('read', path, () => readPastEnd(file))
    if (content.doneBytes === file.sizeBytes) onDoneBytes(file.sizeBytes)
    const toResult = () => toFileDigest(file, content, request, startedAt)
    return { readBytes: content.doneBytes + excessBytes, toResult }
  })
}

function toFileDigest(
  { stats, sizeBytes, isWeak }: SettledFile,
  content: HashedContent,
  { engine, chunkMap }: DigestRequest,
  startedAt: number,
): FileDigest | ChunkedFileDigest {
  const digest = parseSha256Digest(content.digest)
  return {
    digest,
    sizeBytes,
    fingerprint: toFingerprint(stats),
    engine,
    durationMs: Math.round(performance.now() - startedAt),
    ...(isWeak && { weak: true as const }),
    ...(chunkMap && { chunks: createChunkMap(digest, sizeBytes, parseChunks(content)) }),
  }
}

function assertExpectedSize(file: RegularFile, { path, expectedSizeBytes }: DigestRequest): void {
  const { sizeBytes } = file
  if (expectedSizeBytes === undefined || expectedSizeBytes === sizeBytes) return
  const message = `${path} has ${sizeBytes} bytes, expected ${expectedSizeBytes}`
  const details = { path, expectedBytes: expectedSizeBytes, foundBytes: sizeBytes }
  throw new CatalogError('SIZE_MISMATCH', message, details)
}

/** A small file is done sooner than another thread has been told of it. */
async function hashContent(
  { handle, sizeBytes }: RegularFile,
  { request, thread, helper, cancel: { signal } }: DigestTask,
  onDoneBytes: (doneBytes: number) => void,
): Promise<HashedContent> {
  const hasChunks = request.chunkMap && sizeBytes > CHUNK_BYTES
  const digests = hasChunks ? new ChunkDigests() : undefined
  const reading = { handle, sizeBytes, signal, onDoneBytes, chunks: digests }
  try {
    if (request.engine === 'wasm') return await hashInSlices({ ...reading, sha256: await createSha256() })
    if (sizeBytes <= SLICE_BYTES) return await hashInSlices({ ...reading, sha256: createNativeSha256() })
    const chunks = hasChunks ? { chunkBytes: CHUNK_BYTES, helper } : undefined
    const { bytesPerSecond } = request
    return await thread.hash({ fd: handle.fd, sizeBytes, signal, onDoneBytes, chunks, bytesPerSecond })
  } catch (error) {
    signal.throwIfAborted()
    throw toFileError(error, 'read', request.path)
  }
}

function parseChunks({ chunks }: HashedContent): readonly Sha256Digest[] | undefined {
  return chunks?.map((digest) => parseSha256Digest(digest))
}

/** What the callback throws ends the digest. */
export function reportProgress(
  { onProgress, cancel }: Pick<DigestTask, 'onProgress' | 'cancel'>,
  doneBytes: number,
  totalBytes: number,
): void {
  try {
    onProgress?.({ doneBytes, totalBytes })
  } catch (error) {
    cancel.abort(error)
  }
}
