import { lstat, stat } from 'node:fs/promises'
import { CatalogError, type DigestProgress, type FileDigest, parseSha256Digest } from '@catalog/types'
import type { DigestRequest } from './digest-request.ts'
import { isMissing, toFileError, withFileErrors } from './file-error.ts'
import { findChanges, toFingerprint } from './fingerprint.ts'
import { hashInSlices, SLICE_BYTES } from './hash-in-slices.ts'
import type { HashedContent, HashThread } from './hash-thread.ts'
import { createNativeSha256 } from './native-sha256.ts'
import { openRegularFile, type RegularFile } from './regular-file.ts'
import { createSha256 } from './wasm-sha256.ts'

/** What one digest works with. Aborting `cancel` ends it with the reason given there. */
export interface DigestTask {
  readonly request: DigestRequest
  readonly thread: HashThread
  readonly cancel: AbortController
  readonly onProgress: ((progress: DigestProgress) => void) | undefined
}

/**
 * The protocol of a digest: open a regular file, note its state, read all of it, and believe what was read only
 * if the descriptor and the path are still in that state.
 */
export async function digestRegularFile(task: DigestTask): Promise<FileDigest> {
  const { request, cancel } = task
  const startedAt = performance.now()
  const file = await openRegularFile(request.path, request.followSymlink)
  try {
    assertExpectedSize(file, request)
    cancel.signal.throwIfAborted()
    const content = await readContent(file, task)
    await assertUnchanged(file, content, request)
    cancel.signal.throwIfAborted()
    return {
      digest: parseSha256Digest(content.digest),
      sizeBytes: file.sizeBytes,
      fingerprint: toFingerprint(file.stats),
      engine: request.engine,
      durationMs: Math.round(performance.now() - startedAt),
    }
  } finally {
    await file.handle.close()
  }
}

function assertExpectedSize(file: RegularFile, { path, expectedSizeBytes }: DigestRequest): void {
  const { sizeBytes } = file
  if (expectedSizeBytes === undefined || expectedSizeBytes === sizeBytes) return
  const message = `${path} has ${sizeBytes} bytes where ${expectedSizeBytes} were expected`
  const details = { path, expectedBytes: expectedSizeBytes, foundBytes: sizeBytes }
  throw new CatalogError('SIZE_MISMATCH', message, details)
}

async function readContent(file: RegularFile, task: DigestTask): Promise<HashedContent> {
  const { signal } = task.cancel
  const onDoneBytes = (doneBytes: number): void => reportProgress(task, doneBytes, file.sizeBytes)
  if (file.sizeBytes > 0) onDoneBytes(0)
  try {
    const content = await hashContent(file, task, onDoneBytes)
    const excessBytes = await readPastEnd(file)
    if (content.doneBytes === file.sizeBytes) onDoneBytes(file.sizeBytes)
    return { digest: content.digest, doneBytes: content.doneBytes + excessBytes }
  } catch (error) {
    signal.throwIfAborted()
    throw toFileError(error, 'read', task.request.path)
  }
}

/** A small file is done sooner than another thread has been told of it. */
async function hashContent(
  { handle, sizeBytes }: RegularFile,
  { request, thread, cancel: { signal } }: DigestTask,
  onDoneBytes: (doneBytes: number) => void,
): Promise<HashedContent> {
  const reading = { handle, sizeBytes, signal, onDoneBytes }
  if (request.engine === 'wasm') return await hashInSlices({ ...reading, sha256: await createSha256() })
  if (sizeBytes <= SLICE_BYTES) return await hashInSlices({ ...reading, sha256: createNativeSha256() })
  return await thread.hash({ fd: handle.fd, sizeBytes, signal, onDoneBytes })
}

/** Nothing may follow the last byte. Files of /proc say that they are empty and yet can be read. */
async function readPastEnd({ handle, sizeBytes }: RegularFile): Promise<number> {
  const { bytesRead } = await handle.read(new Uint8Array(1), 0, 1, sizeBytes)
  return bytesRead
}

function reportProgress({ onProgress, cancel }: DigestTask, doneBytes: number, totalBytes: number): void {
  try {
    onProgress?.({ doneBytes, totalBytes })
  } catch (error) {
    cancel.abort(error)
  }
}

async function assertUnchanged(
  file: RegularFile,
  content: HashedContent,
  request: DigestRequest,
): Promise<void> {
  const changed = await findFileChanges(file, request)
  const isWhole = content.doneBytes === file.sizeBytes
  if (changed.length === 0 && isWhole) return
  const fields = isWhole || changed.includes('size') ? changed : ['size', ...changed]
  const message = `${request.path} changed while it was read: ${fields.join(', ')}`
  throw new CatalogError('FILE_CHANGED', message, { path: request.path, changed: fields })
}

/** The descriptor tells of writes to the file, the path of another file in its place. */
async function findFileChanges(
  file: RegularFile,
  { path, followSymlink }: DigestRequest,
): Promise<readonly string[]> {
  const look = followSymlink ? stat : lstat
  const byDescriptor = await withFileErrors('fstat', path, () => file.handle.stat({ bigint: true }))
  try {
    return findChanges(file.stats, byDescriptor, await look(path, { bigint: true }))
  } catch (error) {
    if (!isMissing(error)) throw toFileError(error, 'stat', path)
    return ['path', ...findChanges(file.stats, byDescriptor)]
  }
}
