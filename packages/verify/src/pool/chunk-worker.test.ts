import { once } from 'node:events'
import { createRequire } from 'node:module'
import { MessageChannel } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { createChunkHashing } from './chunk-worker.ts'

const PIECE = { start: 0, length: 1, isLast: true }

it('refuses further pieces once the other thread is gone', async () => {
  const { port1, port2 } = new MessageChannel()
  const sink = createChunkHashing(createRequire(import.meta.url)).elsewhere(port1, new SharedArrayBuffer(8))
  const waiting = sink.add(PIECE)
  const closed = once(port1, 'close')
  port2.close()
  await expect(waiting).rejects.toThrow('is gone')
  await closed
  await expect(sink.add(PIECE)).rejects.toThrow('is gone')
})
