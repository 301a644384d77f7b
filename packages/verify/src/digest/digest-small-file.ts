import { dirname } from 'node:path'
import { toFileError } from '@catalog/system-calls'
import { type FileDigest, parseSha256Digest } from '@catalog/types'
import type { BarrierHold } from '../barrier/barrier.ts'
import { createChunkMap } from '../chunks/chunk-map.ts'
import { createFileChanged } from '../file/unchanged-file.ts'
import type { SmallFileReply } from '../pool/hash-protocol.ts'
import type { SmallFile, SmallFileQueue } from '../pool/small-file-queue.ts'
import { type DigestTask, reportProgress } from './digest-regular-file.ts'
import type { ChunkedFileDigest } from './digest-request.ts'

/** A thread reads and hashes that much in some 3 ms, and cannot be interrupted in it. */
const SMALL_FILE_BYTES = 4 * 1024 * 1024

export interface SmallDigestTask extends Omit<DigestTask, 'thread' | 'helper'> {
  readonly queue: SmallFileQueue
}

/**
 * The digest of a small file, all of whose protocol runs in a hashing thread; undefined for a file that is not small
 * or in any way out of the ordinary. Rejects with FILE_CHANGED, FILE_MISSING, IO, and the reason of `cancel`.
 */
export async function digestSmallFile(
  task: SmallDigestTask,
): Promise<FileDigest | ChunkedFileDigest | undefined> {
  if (task.request.engine !== 'native') return undefined
  const hold = task.barrier.hold()
  try {
    return await digestHolding(task, hold)
  } finally {
    await hold.close()
  }
}

async function digestHolding(
  task: SmallDigestTask,
  hold: BarrierHold,
): Promise<FileDigest | ChunkedFileDigest | undefined> {
  const { request, cancel } = task
  const startedAt = performance.now()
  const reply = await askSettled(task, hold)
  cancel.throwIfAborted()
  switch (reply.outcome) {
    case 'digested': {
      const { fingerprint, isSynced } = reply
      const { sizeBytes } = fingerprint
      if (sizeBytes > 0) reportProgress(task, 0, sizeBytes)
      if (!cancel.isAborted) reportProgress(task, sizeBytes, sizeBytes)
      cancel.throwIfAborted()
      const durationMs = Math.round(performance.now() - startedAt)
      const digest = parseSha256Digest(reply.digest)
      const isWeak = !isSynced || hold.findType(BigInt(fingerprint.dev))?.showsMappedWrites !== true
      const read = { digest, sizeBytes, fingerprint, engine: 'native', durationMs } as const
      const found = isWeak ? { ...read, weak: true as const } : read
      return request.chunkMap ? { ...found, chunks: createChunkMap(digest, sizeBytes) } : found
    }
    case 'changed':
      throw createFileChanged(request.path, reply.changed)
    case 'failed':
      throw toFileError(
        Object.assign(new Error(reply.message), { code: reply.code }),
        reply.operation,
        request.path,
      )
    case 'fresh':
    case 'declined':
      return undefined
    default:
      return reply satisfies never
  }
}

/**
 * A file that was just written is left until its next change must show, and its thread to others meanwhile. One without a
 * clock is left to the careful protocol, which sees sooner that a file is none that could be read.
 */
async function askSettled(task: SmallDigestTask, hold: BarrierHold): Promise<SmallFileReply> {
  const reply = await ask(task, hold)
  if (reply.outcome !== 'fresh') return reply
  const { path } = task.request
  const { dev, ctimeNs } = reply
  const file = { path, directory: dirname(path), dev, ctimeNs }
  if (!(await hold.hasClock(file))) return reply
  task.cancel.throwIfAborted()
  await hold.pass(file, task.cancel.signal)
  return await ask(task, hold)
}

async function ask({ request, queue, cancel }: SmallDigestTask, hold: BarrierHold): Promise<SmallFileReply> {
  const { path, expectedSizeBytes } = request
  const file: SmallFile = {
    path,
    expectedSizeBytes,
    maxBytes: SMALL_FILE_BYTES,
    // Asked for when a thread gets the file: until then others learn what spares it a second question.
    get stamps() {
      return hold.stamps
    },
  }
  try {
    return await queue.digest(file, cancel)
  } catch (error) {
    cancel.throwIfAborted()
    throw toFileError(error, 'read', path)
  }
}
