/** Room `pool`: threads that hash, and what they are asked. */

import type { MessagePort } from 'node:worker_threads'
import type { ChunkPiece, ChunkPieceDone, ChunkStart } from './hash-protocol.ts'

/** Where the pieces of a file go to be hashed as chunks, in their order. */
export interface ChunkSink {
  /** When it resolves, the slot may be filled anew. Rejects where the thread that hashes is gone. */
  add(piece: ChunkPiece): Promise<void>
  /** The digests of the chunks that have ended. */
  readonly digests: readonly string[]
  close(): void
}

/** Hashes chunks within hashing threads. */
export interface ChunkHashing {
  /** In this thread. */
  here(buffer: SharedArrayBuffer): ChunkSink
  /** In the thread at the other end of the port, which reads the same memory. */
  elsewhere(port: MessagePort, buffer: SharedArrayBuffer): ChunkSink
  /** Does so for the thread at the other end, until that one closes the port. */
  serve(port: MessagePort): void
}

/** It goes into the worker by its text, under the rules that `runHashWorker` tells. */
export function createChunkHashing(load: NodeJS.Require): ChunkHashing {
  const { createHash } = load('node:crypto') as typeof import('node:crypto')

  const hashing = {
    here(buffer: SharedArrayBuffer): ChunkSink {
      const digests: string[] = []
      let sha256 = createHash('sha256')
      return {
        digests,
        add({ start, length, isLast }) {
          sha256.update(new Uint8Array(buffer, start, length))
          if (isLast) {
            digests.push(sha256.digest('hex'))
            sha256 = createHash('sha256')
          }
          return Promise.resolve()
        },
        close() {},
      }
    },

    elsewhere(port: MessagePort, buffer: SharedArrayBuffer): ChunkSink {
      const digests: string[] = []
      const adding: { resolve: () => void; reject: (error: Error) => void }[] = []
      let isClosed = false
      port.on('message', ({ digest }: ChunkPieceDone) => {
        if (digest !== undefined) digests.push(digest)
        adding.shift()?.resolve()
      })
      port.on('close', () => {
        isClosed = true
        for (const { reject } of adding.splice(0)) reject(hashing.gone())
      })
      const start: ChunkStart = { buffer }
      port.postMessage(start)
      return {
        digests,
        add(piece) {
          if (isClosed) return Promise.reject(hashing.gone())
          return new Promise((resolve, reject) => {
            adding.push({ resolve, reject })
            port.postMessage(piece)
          })
        },
        close() {
          port.close()
        },
      }
    },

    serve(port: MessagePort): void {
      port.once('message', ({ buffer }: ChunkStart) => {
        const sink = hashing.here(buffer)
        port.on('message', (piece: ChunkPiece) => {
          void sink.add(piece)
          const done: ChunkPieceDone = { digest: piece.isLast ? sink.digests.at(-1) : undefined }
          port.postMessage(done)
        })
      })
    },

    gone(): Error {
      return new Error('the thread that hashed the chunks is gone')
    },
  }
  return hashing
}
