import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createChunkHashing } from './chunk-worker.ts'
import type { HashWorkerReply } from './hash-protocol.ts'
import { runHashWorker } from './hash-worker.ts'
import { createSmallFileDigester } from './small-file-worker.ts'

const CHUNK_BYTES = 1024 * 1024

/** A read in flight: the test decides when and how it ends. */
type PendingRead = (error: Error | null, count: number) => void

interface WorkerUnderTest {
  readonly port: EventEmitter
  readonly replies: readonly HashWorkerReply[]
  readonly reads: readonly PendingRead[]
}

function startWorker(): WorkerUnderTest {
  const reads: PendingRead[] = []
  const replies: HashWorkerReply[] = []
  const port = new EventEmitter()
  const parentPort = Object.assign(port, {
    postMessage: (reply: HashWorkerReply) => {
      replies.push(reply)
      port.emit('reply')
    },
  })
  const read = (...args: readonly unknown[]) => reads.push(args.at(-1) as PendingRead)
  const readSync = () => {
    throw failing('EIO')
  }
  const require = createRequire(import.meta.url)
  const load = (name: string): unknown => {
    if (name === 'node:fs') return { read, readSync, lstatSync: readSync }
    return name === 'node:worker_threads' ? { parentPort } : require(name)
  }
  const parts = [
    createSmallFileDigester(load as NodeJS.Require, []),
    createChunkHashing(load as NodeJS.Require),
  ] as const
  runHashWorker(load as NodeJS.Require, ...parts)
  return { port, replies, reads }
}

async function passTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function missing(ids: readonly number[]): object {
  return ids.map((id) => ({ id, path: '/missing' }))
}

/** Of the small files, message by message. */
function idsOf(replies: readonly HashWorkerReply[]): unknown {
  return replies.map((reply) => reply.kind === 'small' && reply.files.map(({ id }) => id))
}

function failing(code: string): Error {
  return Object.assign(new Error(`${code}: failed`), { code })
}

describe('the program of a hashing thread', () => {
  it('reads ahead, and says that a read failed only when no other is in flight', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', {
      kind: 'hash',
      id: 1,
      fd: 0,
      offset: 0,
      readsAhead: true,
      sizeBytes: 10 * CHUNK_BYTES,
    })
    expect(reads).toHaveLength(4)
    reads[0]?.(failing('EIO'), 0)
    reads[1]?.(null, CHUNK_BYTES)
    reads[2]?.(failing('EBADF'), 0)
    await passTurns()
    expect(replies).toEqual([])
    reads[3]?.(null, CHUNK_BYTES)
    await passTurns()
    expect(replies).toEqual([{ kind: 'failed', id: 1, code: 'EIO', message: 'EIO: failed' }])
  })

  it('says that it stopped only when no read is in flight, and starts no new one', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', {
      kind: 'hash',
      id: 1,
      fd: 0,
      offset: 0,
      readsAhead: true,
      sizeBytes: 10 * CHUNK_BYTES,
    })
    port.emit('message', { kind: 'cancel', id: 1 })
    reads[0]?.(null, CHUNK_BYTES)
    await passTurns()
    expect(replies).toEqual([])
    for (const finish of reads.slice(1)) finish(null, CHUNK_BYTES)
    await passTurns()
    expect(replies).toEqual([{ kind: 'cancelled', id: 1 }])
    expect(reads.length).toBeLessThanOrEqual(5)
  })

  it('takes a later failure for its own, not for an unhandled rejection', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', {
      kind: 'hash',
      id: 1,
      fd: 0,
      offset: 0,
      readsAhead: true,
      sizeBytes: 2 * CHUNK_BYTES,
    })
    reads[1]?.(failing('EIO'), 0)
    await passTurns()
    const replied = once(port, 'reply')
    reads[0]?.(null, CHUNK_BYTES)
    await replied
    expect(replies).toEqual([{ kind: 'failed', id: 1, code: 'EIO', message: 'EIO: failed' }])
  })

  it('goes on where a read gave less than asked', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', { kind: 'hash', id: 1, fd: 0, offset: 0, readsAhead: true, sizeBytes: 10 })
    reads[0]?.(null, 4)
    await passTurns()
    const replied = once(port, 'reply')
    reads[1]?.(null, 6)
    await replied
    expect(replies).toMatchObject([{ kind: 'done', doneBytes: 10 }])
  })

  it.each([undefined, 2 * CHUNK_BYTES])(
    'reads no faster than its rate, with chunks of %s',
    async (chunkBytes) => {
      vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
      onTestFinished(() => void vi.useRealTimers())
      const { port, replies, reads } = startWorker()
      const chunks = chunkBytes === undefined ? undefined : { chunkBytes, port: undefined }
      const range = { fd: 0, offset: 0, readsAhead: true, sizeBytes: 5 * CHUNK_BYTES }
      port.emit('message', { kind: 'hash', id: 1, ...range, chunks, bytesPerSecond: 5 * CHUNK_BYTES })
      // A mebibyte every 200 ms, and each is read when all of it may have been.
      for (let read = 0; read < 5; read++) {
        await vi.advanceTimersByTimeAsync(199)
        expect(reads).toHaveLength(read)
        await vi.advanceTimersByTimeAsync(1)
        expect(reads).toHaveLength(read + 1)
        reads[read]?.(null, CHUNK_BYTES)
        await passTurns()
      }
      expect(replies.at(-1)).toMatchObject({ kind: 'done', doneBytes: 5 * CHUNK_BYTES })
    },
  )

  it('that reads in turn says that a read failed, and takes the next request', async () => {
    const { port, replies } = startWorker()
    port.emit('message', { kind: 'hash', id: 1, fd: 0, offset: 0, readsAhead: false, sizeBytes: 10 })
    await passTurns()
    expect(replies).toEqual([{ kind: 'failed', id: 1, code: 'EIO', message: 'EIO: failed' }])
    port.emit('message', { kind: 'small', files: missing([2]) })
    expect(idsOf(replies.slice(1))).toEqual([[2]])
  })

  it('takes a small file between two pieces of a large one', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', {
      kind: 'hash',
      id: 1,
      fd: 0,
      offset: 0,
      readsAhead: true,
      sizeBytes: 10 * CHUNK_BYTES,
    })
    port.emit('message', { kind: 'small', files: missing([2, 3]) })
    expect(replies).toEqual([])
    reads[0]?.(null, CHUNK_BYTES)
    await passTurns()
    expect(idsOf(replies)).toEqual([[2]])
    reads[1]?.(null, CHUNK_BYTES)
    await passTurns()
    expect(idsOf(replies)).toEqual([[2], [3]])
  })

  it('tells of small files as long as it has others to do', () => {
    const { port, replies } = startWorker()
    port.emit('message', { kind: 'small', files: missing([1, 2, 3, 4, 5, 6, 7, 8]) })
    expect(idsOf(replies)).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ])
  })
})
