import { setTimeout as delay } from 'node:timers/promises'
import { toFileError } from '@catalog/system-calls'
import { type FileDigest, parseSha256Digest } from '@catalog/types'
import { createChunkMap } from '../chunks/chunk-map.ts'
import { CTIME_STEP_MS, settlingMs } from '../file/settling.ts'
import { createFileChanged } from '../file/unchanged-file.ts'
import type { SmallFileReply } from '../pool/hash-protocol.ts'
import type { SmallFileQueue } from '../pool/small-file-queue.ts'
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
  const { request, cancel } = task
  if (request.engine !== 'native') return undefined
  const startedAt = performance.now()
  const reply = await askSettled(task)
  cancel.throwIfAborted()
  switch (reply.outcome) {
    case 'digested': {
      const { fingerprint } = reply
      const { sizeBytes } = fingerprint
      if (sizeBytes > 0) reportProgress(task, 0, sizeBytes)
      if (!cancel.isAborted) reportProgress(task, sizeBytes, sizeBytes)
      cancel.throwIfAborted()
      const durationMs = Math.round(performance.now() - startedAt)
      const digest = parseSha256Digest(reply.digest)
      const found = { digest, sizeBytes, fingerprint, engine: 'native', durationMs } as const
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

/** A file that was just written is left until its next change must show, and its thread to others meanwhile. */
async function askSettled(task: SmallDigestTask): Promise<SmallFileReply> {
  const reply = await ask(task, undefined)
  if (reply.outcome !== 'fresh') return reply
  await delay(settlingMs(BigInt(reply.ctimeNs), Date.now()), undefined, { signal: task.cancel.signal }).catch(
    () => undefined,
  )
  task.cancel.throwIfAborted()
  return await ask(task, reply.ctimeNs)
}

async function ask(
  { request, queue, cancel }: SmallDigestTask,
  settledCtimeNs: string | undefined,
): Promise<SmallFileReply> {
  const { path, expectedSizeBytes } = request
  const file = {
    path,
    expectedSizeBytes,
    maxBytes: SMALL_FILE_BYTES,
    settledMs: CTIME_STEP_MS,
    settledCtimeNs,
  }
  try {
    return await queue.digest(file, cancel)
  } catch (error) {
    cancel.throwIfAborted()
    throw toFileError(error, 'read', path)
  }
}
