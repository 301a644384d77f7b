import type { HashReply, HashRequest, HashResult } from './hash-protocol.ts'

/**
 * The program of a hashing thread: hashes descriptors that it is given, reading ahead while it hashes.
 *
 * It is started from its own text (`toString`), because a worker's file cannot be found in all of TypeScript
 * sources, ESM, CJS and a consumer's bundle, and a function always goes with the module that holds it. Hence:
 * - it refers to nothing outside itself but types, and takes `require` as `load`;
 * - its functions are methods, because bundlers that keep names wrap any other function in a helper that
 *   exists only in the bundle.
 */
export function runHashWorker(load: NodeJS.Require): void {
  const { Buffer } = load('node:buffer') as typeof import('node:buffer')
  const { createHash } = load('node:crypto') as typeof import('node:crypto')
  const { read } = load('node:fs') as typeof import('node:fs')
  const { parentPort } = load('node:worker_threads') as typeof import('node:worker_threads')
  const CHUNK_BYTES = 1024 * 1024
  const BUFFERS = 4
  const PROGRESS_MS = 100
  // The allocator's header puts a large buffer 16 bytes into a page, and the kernel's copy to such an
  // address is several times slower on some processors; 48 bytes further it is aligned to 64.
  const SKIP_BYTES = 48
  const buffers = Array.from({ length: BUFFERS }, () =>
    Buffer.allocUnsafeSlow(SKIP_BYTES + CHUNK_BYTES).subarray(SKIP_BYTES),
  )
  let isCancelled = false

  const worker = {
    reply(reply: HashReply): void {
      parentPort?.postMessage(reply)
    },

    readOnce(fd: number, target: Uint8Array, position: number): Promise<number> {
      return new Promise((resolve, reject) => {
        read(fd, target, 0, target.length, position, (error, count) => {
          if (error === null) resolve(count)
          else reject(error)
        })
      })
    },

    /** A read may give less than asked without being at the end of the file. */
    async fill(fd: number, target: Uint8Array, position: number): Promise<number> {
      let filled = 0
      while (filled < target.length) {
        const count = await worker.readOnce(fd, target.subarray(filled), position + filled)
        if (count === 0) break
        filled += count
      }
      return filled
    },

    async hash(fd: number, sizeBytes: number): Promise<HashResult> {
      const sha256 = createHash('sha256')
      const ahead: { buffer: Uint8Array; filled: Promise<number> }[] = []
      const state = { position: 0, doneBytes: 0, reportedAt: performance.now() }
      const reader = {
        next(buffer: Uint8Array): void {
          if (state.position >= sizeBytes) return
          const target = buffer.subarray(0, Math.min(CHUNK_BYTES, sizeBytes - state.position))
          const filled = worker.fill(fd, target, state.position)
          // It is awaited in its turn; until then a failure must not count as unhandled.
          filled.catch(() => undefined)
          ahead.push({ buffer, filled })
          state.position += CHUNK_BYTES
        },
      }
      for (const buffer of buffers) reader.next(buffer)
      try {
        for (let head = ahead[0]; head !== undefined && !isCancelled; head = ahead[0]) {
          const filled = await head.filled
          ahead.shift()
          sha256.update(head.buffer.subarray(0, filled))
          state.doneBytes += filled
          if (filled < CHUNK_BYTES) break
          reader.next(head.buffer)
          worker.report(state, sizeBytes)
        }
      } finally {
        await Promise.allSettled(ahead.map(({ filled }) => filled))
      }
      if (isCancelled) return { kind: 'cancelled' }
      return { kind: 'done', doneBytes: state.doneBytes, digest: sha256.digest('hex') }
    },

    /** Ten times a second; the last byte is reported by the result itself. */
    report(state: { doneBytes: number; reportedAt: number }, sizeBytes: number): void {
      const now = performance.now()
      if (now - state.reportedAt < PROGRESS_MS || state.doneBytes >= sizeBytes) return
      state.reportedAt = now
      worker.reply({ kind: 'progress', doneBytes: state.doneBytes })
    },

    async run(fd: number, sizeBytes: number): Promise<void> {
      isCancelled = false
      try {
        worker.reply(await worker.hash(fd, sizeBytes))
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        worker.reply({ kind: 'failed', code, message })
      }
    },
  }

  parentPort?.on('message', (request: HashRequest) => {
    if (request.kind === 'cancel') isCancelled = true
    else void worker.run(request.fd, request.sizeBytes)
  })
}
