import type { ChunkHashing, ChunkSink } from './chunk-worker.ts'
import type {
  DescriptorRequest,
  HashRequest,
  HashResult,
  HashWorkerReply,
  SmallFileReply,
  SmallFileRequest,
} from './hash-protocol.ts'
import type { SmallFileDigester } from './small-file-worker.ts'

/**
 * The program of a hashing thread: hashes descriptors that it is given, reading ahead while it hashes. Small files
 * that arrive meanwhile take turns with it, one for each piece of it.
 *
 * It is started from its own text (`toString`), because a worker's file cannot be found in all of TypeScript
 * sources, ESM, CJS and a consumer's bundle, and a function always goes with the module that holds it. Hence:
 * - it refers to nothing outside itself but types, and takes `require` as `load`;
 * - its functions are methods, because bundlers that keep names wrap any other function in a helper that
 *   exists only in the bundle.
 */
export function runHashWorker(
  load: NodeJS.Require,
  smallFiles: SmallFileDigester,
  chunkHashing: ChunkHashing,
): void {
  const { Buffer } = load('node:buffer') as typeof import('node:buffer')
  const { createHash } = load('node:crypto') as typeof import('node:crypto')
  const { read, readSync } = load('node:fs') as typeof import('node:fs')
  const { parentPort } = load('node:worker_threads') as typeof import('node:worker_threads')
  const PIECE_BYTES = 1024 * 1024
  // So many are read ahead, and as many may wait for the thread that hashes chunks.
  const BUFFERS = 4
  // Half of those that are before a thread: the other half is its work until the answers have brought new ones.
  const ANSWERS = 4
  const PROGRESS_MS = 100
  // A reading that waits for its time looks this often whether it is still wanted.
  const PACE_STEP_MS = 50
  // The allocator's header puts a large buffer 16 bytes into a page, and the kernel's copy to such an
  // address is several times slower on some processors; 48 bytes further it is aligned to 64.
  const SKIP_BYTES = 48
  const waiting: SmallFileRequest[] = []
  const current: { id: number | undefined; isCancelled: boolean; buffer: SharedArrayBuffer | undefined } = {
    id: undefined,
    isCancelled: false,
    buffer: undefined,
  }

  const worker = {
    reply(reply: HashWorkerReply): void {
      parentPort?.postMessage(reply)
    },

    /** Made at the first large file: a program of small files needs none. Memory not written to is not taken. */
    makeBuffer(): SharedArrayBuffer {
      current.buffer ??= new SharedArrayBuffer(SKIP_BYTES + 2 * BUFFERS * PIECE_BYTES)
      return current.buffer
    },

    /** A read may give less than asked without being at the end of the file. */
    async fill(fd: number, target: Uint8Array, position: number): Promise<number> {
      let filled = 0
      while (filled < target.length) {
        const left = target.subarray(filled)
        const count = await new Promise<number>((resolve, reject) => {
          read(fd, left, 0, left.length, position + filled, (error, bytes) => {
            if (error === null) resolve(bytes)
            else reject(error)
          })
        })
        if (count === 0) break
        filled += count
      }
      return filled
    },

    /**
     * Reads a piece once all bytes up to its end may have been read since the start, and nothing where the reading is
     * cancelled before.
     */
    async fillInTime(fd: number, target: Uint8Array, position: number, dueAt: number): Promise<number> {
      for (let waitMs = dueAt - performance.now(); waitMs > 0; waitMs = dueAt - performance.now()) {
        if (current.isCancelled) return 0
        await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, PACE_STEP_MS)))
        worker.digestWaiting()
      }
      return await worker.fill(fd, target, position)
    },

    async hashAhead(request: DescriptorRequest): Promise<HashResult> {
      const { id, fd, offset, sizeBytes, chunks, bytesPerSecond = Number.POSITIVE_INFINITY } = request
      const startedAt = performance.now()
      const memory = worker.makeBuffer()
      const sink = worker.openSink(request, memory)
      const sha256 = createHash('sha256')
      const ahead: { start: number; position: number; filled: Promise<number> }[] = []
      const added: { start: number; done: Promise<void> }[] = []
      const state = { position: 0, doneBytes: 0, reportedAt: performance.now() }
      const reader = {
        next(start: number): void {
          if (state.position >= sizeBytes) return
          const length = Math.min(PIECE_BYTES, sizeBytes - state.position)
          const { position } = state
          const dueAt = startedAt + ((position + length) / bytesPerSecond) * 1000
          const filled = worker.fillInTime(fd, Buffer.from(memory, start, length), offset + position, dueAt)
          // It is awaited in its turn; until then a failure must not count as unhandled.
          filled.catch(() => undefined)
          ahead.push({ start, position, filled })
          state.position += length
        },

        /** Fills anew what was hashed as a chunk too, and waits for that only when too much of it is left. */
        async reuse(most: number): Promise<void> {
          for (let head = added[0]; head !== undefined && added.length > most; head = added[0]) {
            await head.done
            added.shift()
            reader.next(head.start)
          }
        },

        add(start: number, end: number, length: number): void {
          const isLast = end === sizeBytes || (chunks !== undefined && end % chunks.chunkBytes === 0)
          const done = sink === undefined ? Promise.resolve() : sink.add({ start, length, isLast })
          done.catch(() => undefined)
          added.push({ start, done })
        },
      }
      const slots = sink === undefined ? BUFFERS : 2 * BUFFERS
      for (let slot = 0; slot < slots; slot++) reader.next(SKIP_BYTES + slot * PIECE_BYTES)
      try {
        for (let head = ahead[0]; head !== undefined && !current.isCancelled; head = ahead[0]) {
          const filled = await head.filled
          ahead.shift()
          reader.add(head.start, head.position + filled, filled)
          sha256.update(Buffer.from(memory, head.start, filled))
          state.doneBytes += filled
          if (filled < PIECE_BYTES) break
          await reader.reuse(sink === undefined ? 0 : BUFFERS)
          worker.report(id, state, sizeBytes)
          worker.digestWaiting()
        }
        if (!current.isCancelled) await reader.reuse(0)
      } finally {
        await Promise.allSettled(ahead.map(({ filled }) => filled))
        sink?.close()
      }
      if (current.isCancelled) return { kind: 'cancelled', id }
      const { doneBytes } = state
      return { kind: 'done', id, doneBytes, digest: sha256.digest('hex'), chunks: sink?.digests }
    },

    /**
     * Reads and hashes in turn. Where every processor has such work, reading ahead only takes time from the others;
     * and a piece of this size is still in the nearer caches when it is hashed.
     */
    async hashInTurn({ id, fd, offset, sizeBytes }: DescriptorRequest): Promise<HashResult> {
      const sha256 = createHash('sha256')
      const piece = Buffer.from(worker.makeBuffer(), SKIP_BYTES, PIECE_BYTES / 4)
      const state = { doneBytes: 0, reportedAt: performance.now() }
      let yieldsAt = PIECE_BYTES
      while (state.doneBytes < sizeBytes && !current.isCancelled) {
        const length = Math.min(piece.length, sizeBytes - state.doneBytes)
        const count = readSync(fd, piece, 0, length, offset + state.doneBytes)
        if (count === 0) break
        sha256.update(piece.subarray(0, count))
        state.doneBytes += count
        if (state.doneBytes < yieldsAt) continue
        yieldsAt += PIECE_BYTES
        worker.report(id, state, sizeBytes)
        worker.digestWaiting()
        await worker.nextTurn()
      }
      if (current.isCancelled) return { kind: 'cancelled', id }
      const { doneBytes } = state
      return { kind: 'done', id, doneBytes, digest: sha256.digest('hex'), chunks: undefined }
    },

    /** Lets messages in. */
    nextTurn(): Promise<void> {
      return new Promise((resolve) => setImmediate(resolve))
    },

    openSink({ chunks }: DescriptorRequest, memory: SharedArrayBuffer): ChunkSink | undefined {
      if (chunks === undefined) return undefined
      const { port } = chunks
      return port === undefined ? chunkHashing.here(memory) : chunkHashing.elsewhere(port, memory)
    },

    /** Ten times a second; the last byte is reported by the result itself. */
    report(id: number, state: { doneBytes: number; reportedAt: number }, sizeBytes: number): void {
      const now = performance.now()
      if (now - state.reportedAt < PROGRESS_MS || state.doneBytes >= sizeBytes) return
      state.reportedAt = now
      worker.reply({ kind: 'progress', id, doneBytes: state.doneBytes })
    },

    async run(request: DescriptorRequest): Promise<void> {
      const { id } = request
      current.id = id
      current.isCancelled = false
      try {
        worker.reply(await (request.readsAhead ? worker.hashAhead(request) : worker.hashInTurn(request)))
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        worker.reply({ kind: 'failed', id, code, message })
      } finally {
        current.id = undefined
        worker.digestAllWaiting()
      }
    },

    /** One, between two pieces of a large file. */
    digestWaiting(): void {
      const files = waiting.splice(0, 1).map(worker.digestSmall)
      if (files.length > 0) worker.reply({ kind: 'small', files })
    },

    digestAllWaiting(): void {
      while (waiting.length > 0) {
        const files = waiting.splice(0, ANSWERS).map(worker.digestSmall)
        worker.reply({ kind: 'small', files })
      }
    },

    digestSmall(request: SmallFileRequest): SmallFileReply {
      return { id: request.id, ...smallFiles.digest(request) }
    },

    receive(request: HashRequest): void {
      switch (request.kind) {
        case 'cancel':
          if (request.id === current.id) current.isCancelled = true
          break
        case 'small':
          waiting.push(...request.files)
          if (current.id === undefined) worker.digestAllWaiting()
          break
        case 'chunks':
          chunkHashing.serve(request.port)
          break
        case 'hash':
          void worker.run(request)
      }
    },
  }

  parentPort?.on('message', (request: HashRequest) => worker.receive(request))
}
