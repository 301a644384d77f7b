import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import type { HashReply } from './hash-protocol.ts'
import { runHashWorker } from './hash-worker.ts'

const CHUNK_BYTES = 1024 * 1024

/** A read in flight: the test decides when and how it ends. */
type PendingRead = (error: Error | null, count: number) => void

interface WorkerUnderTest {
  readonly port: EventEmitter
  readonly replies: readonly HashReply[]
  readonly reads: readonly PendingRead[]
}

function startWorker(): WorkerUnderTest {
  const reads: PendingRead[] = []
  const replies: HashReply[] = []
  const port = new EventEmitter()
  const parentPort = Object.assign(port, {
    postMessage: (reply: HashReply) => {
      replies.push(reply)
      port.emit('reply')
    },
  })
  const read = (...args: readonly unknown[]) => reads.push(args.at(-1) as PendingRead)
  const require = createRequire(import.meta.url)
  const load = (name: string): unknown => {
    if (name === 'node:fs') return { read }
    return name === 'node:worker_threads' ? { parentPort } : require(name)
  }
  runHashWorker(load as NodeJS.Require)
  return { port, replies, reads }
}

async function passTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function failing(code: string): Error {
  return Object.assign(new Error(`${code}: failed`), { code })
}

describe('the program of a hashing thread', () => {
  it('reads ahead, and says that a read failed only when no other is in flight', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', { kind: 'hash', fd: 0, sizeBytes: 10 * CHUNK_BYTES })
    expect(reads).toHaveLength(4)
    reads[0]?.(failing('EIO'), 0)
    reads[1]?.(null, CHUNK_BYTES)
    reads[2]?.(failing('EBADF'), 0)
    await passTurns()
    expect(replies).toEqual([])
    reads[3]?.(null, CHUNK_BYTES)
    await passTurns()
    expect(replies).toEqual([{ kind: 'failed', code: 'EIO', message: 'EIO: failed' }])
  })

  it('says that it stopped only when no read is in flight, and starts no new one', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', { kind: 'hash', fd: 0, sizeBytes: 10 * CHUNK_BYTES })
    port.emit('message', { kind: 'cancel' })
    reads[0]?.(null, CHUNK_BYTES)
    await passTurns()
    expect(replies).toEqual([])
    for (const finish of reads.slice(1)) finish(null, CHUNK_BYTES)
    await passTurns()
    expect(replies).toEqual([{ kind: 'cancelled' }])
    expect(reads.length).toBeLessThanOrEqual(5)
  })

  it('takes a later failure for its own, not for one that nobody awaits', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', { kind: 'hash', fd: 0, sizeBytes: 2 * CHUNK_BYTES })
    reads[1]?.(failing('EIO'), 0)
    await passTurns()
    const replied = once(port, 'reply')
    reads[0]?.(null, CHUNK_BYTES)
    await replied
    expect(replies).toEqual([{ kind: 'failed', code: 'EIO', message: 'EIO: failed' }])
  })

  it('goes on where a read gave less than asked', async () => {
    const { port, replies, reads } = startWorker()
    port.emit('message', { kind: 'hash', fd: 0, sizeBytes: 10 })
    reads[0]?.(null, 4)
    await passTurns()
    const replied = once(port, 'reply')
    reads[1]?.(null, 6)
    await replied
    expect(replies).toMatchObject([{ kind: 'done', doneBytes: 10 }])
  })
})
