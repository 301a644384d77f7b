/** Room `digest`: digests of files, large, small, many or audited. */

import { toFileError, withFileErrors } from '@catalog/system-calls'
import { isCatalogError } from '@catalog/types'
import { withSettledFile } from '../barrier/settled-file.ts'
import { type ByteRange, type Chunk, listChunks } from '../chunks/chunk-map.ts'
import type { RegularFile } from '../file/regular-file.ts'
import { createFileChanged, readPastEnd } from '../file/unchanged-file.ts'
import type { HashThread } from '../pool/hash-thread.ts'
import type { AuditRequest, AuditResult } from './audit-request.ts'
import { type DigestTask, reportProgress } from './digest-regular-file.ts'
import { PROGRESS_MS } from './hash-in-slices.ts'

/** What one audit works with. Aborting `cancel` ends it with the reason given there. */
export interface AuditTask extends Pick<DigestTask, 'barrier' | 'cancel' | 'onProgress'> {
  readonly request: AuditRequest
  /** Lends a thread for one chunk: between two chunks others have their turns. */
  readonly withThread: <T>(signal: AbortSignal, work: (thread: HashThread) => Promise<T>) => Promise<T>
}

/** The protocol of an audit: that of a digest, but with as many readers as there are threads, each at its chunk. */
export async function auditRegularFile(task: AuditTask): Promise<AuditResult> {
  const { request, cancel, barrier } = task
  const { path, followSymlink } = request
  return await withSettledFile({ path, followSymlink, barrier, signal: cancel.signal }, async (file) => {
    const damaged = await findDamagedChunks(file, task)
    const excessBytes = await withFileErrors('read', path, () => readPastEnd(file))
    const toResult = (): AuditResult => {
      const ranges = [...mergeNeighbours(damaged), ...findExcess(file, request)]
      return ranges.length === 0 ? { ok: true } : { ok: false, damaged: ranges }
    }
    return { readBytes: file.sizeBytes + excessBytes, toResult }
  })
}

/** A chunk that the file does not have, or not all of, is damaged without a look. */
async function findDamagedChunks(file: RegularFile, task: AuditTask): Promise<readonly ByteRange[]> {
  const all = listChunks(task.request.map)
  const isThere = ({ offset, length }: Chunk): boolean => offset + length <= file.sizeBytes
  const damaged: ByteRange[] = all.filter((chunk) => !isThere(chunk))
  const chunks = all.filter(isThere)
  const report = createReport(task, totalOf(chunks))
  const left = chunks.values()
  const readers = Array.from({ length: Math.min(task.request.threads, chunks.length) }, async () => {
    for (const chunk of left) {
      if (!(await isIntact(file, chunk, task))) damaged.push(chunk)
      report(chunk.length)
    }
  })
  // The file may be closed only when no reader uses it.
  await Promise.allSettled(readers)
  await Promise.all(readers)
  return damaged.sort((a, b) => a.offset - b.offset)
}

/** The first reader that fails ends the others. */
async function isIntact({ handle }: RegularFile, chunk: Chunk, task: AuditTask): Promise<boolean> {
  const { request, cancel, withThread } = task
  const { signal } = cancel
  const { offset, length: sizeBytes } = chunk
  const readsAhead = request.threads === 1
  const job = { fd: handle.fd, offset, sizeBytes, readsAhead, signal, onDoneBytes: () => undefined }
  try {
    const content = await withThread(signal, (thread) => thread.hash(job))
    if (content.doneBytes !== sizeBytes) throw createFileChanged(request.path, ['size'])
    return content.digest === chunk.digest
  } catch (error) {
    if (!signal.aborted) cancel.abort(toAuditError(error, request.path))
    throw signal.reason
  }
}

function toAuditError(error: unknown, path: string): unknown {
  return isCatalogError(error) ? error : toFileError(error, 'read', path)
}

function totalOf(chunks: readonly ByteRange[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

/** Ten times a second, and at the start and the end. */
function createReport(task: AuditTask, totalBytes: number): (bytes: number) => void {
  let doneBytes = 0
  let reportedAt = performance.now()
  reportProgress(task, 0, totalBytes)
  return (bytes) => {
    doneBytes += bytes
    const now = performance.now()
    if (now - reportedAt < PROGRESS_MS && doneBytes < totalBytes) return
    reportedAt = now
    reportProgress(task, doneBytes, totalBytes)
  }
}

function mergeNeighbours(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const merged: { offset: number; length: number }[] = []
  for (const { offset, length } of ranges) {
    const last = merged.at(-1)
    if (last !== undefined && last.offset + last.length === offset) last.length += length
    else merged.push({ offset, length })
  }
  return merged
}

/** Apart from a damaged last chunk, because these bytes have none: they are to be cut off, not repaired. */
function findExcess({ sizeBytes }: RegularFile, { map }: AuditRequest): readonly ByteRange[] {
  if (sizeBytes <= map.sizeBytes) return []
  return [{ offset: map.sizeBytes, length: sizeBytes - map.sizeBytes }]
}
