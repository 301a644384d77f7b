import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { CANNOT_SYNC } from '../barrier/sync-file.ts'
import { createChunkHashing } from './chunk-worker.ts'
import type {
  HashReply,
  HashRequest,
  HashResult,
  HashWorkerReply,
  SmallFileReply,
  SmallFileRequest,
} from './hash-protocol.ts'
import { runHashWorker } from './hash-worker.ts'
import { createSmallFileDigester } from './small-file-worker.ts'

/** A range of a descriptor to hash; from its start where no offset is given. */
export interface HashJob {
  readonly fd: number
  readonly offset?: number
  readonly sizeBytes: number
  readonly signal: AbortSignal
  readonly onDoneBytes: (doneBytes: number) => void
  /** Whether to read while it hashes, with another processor. Default true. */
  readonly readsAhead?: boolean
  /** Hash every chunk of so many bytes too, with the help of another thread where there is one. */
  readonly chunks?: { readonly chunkBytes: number; readonly helper: HashThread | undefined } | undefined
  /** The most bytes to read in a second, where it reads ahead. */
  readonly bytesPerSecond?: number | undefined
}

/** What was read: fewer bytes than asked for where the file turned out shorter. */
export interface HashedContent {
  readonly doneBytes: number
  readonly digest: string
  /** The digests of the chunks, where they were asked for. */
  readonly chunks?: readonly string[] | undefined
}

/** A request whose last answer is awaited. */
interface OpenRequest {
  readonly onReply: (reply: HashReply | SmallFileReply) => void
  readonly onExit: (error: Error) => void
}

/** Starts the worker of a hashing thread. Loaders and flags of the program are not for it. */
export function startHashWorker(): Worker {
  const smallFiles = `(${createSmallFileDigester.toString()})(require, ${JSON.stringify(CANNOT_SYNC)})`
  const chunkHashing = `(${createChunkHashing.toString()})(require)`
  const program = `(${runHashWorker.toString()})(require, ${smallFiles}, ${chunkHashing})`
  return new Worker(program, { eval: true, execArgv: [] })
}

/**
 * A thread that hashes one descriptor at a time, and small files beside it. Its worker starts at the first request,
 * is kept for the next one, never keeps the program running while idle, and is started anew when it died.
 */
export class HashThread {
  readonly #start: () => Worker
  readonly #requests: Map<number, OpenRequest> = new Map()
  /** What goes to the worker at the end of this turn. */
  #smallFiles: SmallFileRequest[] = []
  #worker: Worker | undefined
  #lastId = 0
  #reading = 0

  constructor(start: () => Worker = startHashWorker) {
    this.#start = start
  }

  get isStarted(): boolean {
    return this.#worker !== undefined
  }

  /** Whether it hashes a descriptor. */
  get isReading(): boolean {
    return this.#reading > 0
  }

  /**
   * Hashes `sizeBytes` bytes of the descriptor. However it ends, no read on the descriptor is still in flight.
   * Rejects with the signal's reason, with the error of the read, or with that of the thread.
   */
  async hash(job: HashJob): Promise<HashedContent> {
    job.signal.throwIfAborted()
    const result = await this.#runJob(job)
    job.signal.throwIfAborted()
    switch (result.kind) {
      case 'done':
        return { doneBytes: result.doneBytes, digest: result.digest, chunks: result.chunks }
      case 'failed':
        throw Object.assign(new Error(result.message), { code: result.code })
      case 'cancelled':
        throw new Error('the thread stopped unexpectedly')
      default:
        return result satisfies never
    }
  }

  /** Digests a small file. When it resolves the file is closed; it rejects only with the thread's own end. */
  digestSmall(file: Omit<SmallFileRequest, 'id'>): Promise<SmallFileReply> {
    return new Promise((resolve, reject) => {
      const id = this.#newId()
      const onReply = (reply: HashReply | SmallFileReply): void => {
        this.#settle(id)
        resolve(reply as SmallFileReply)
      }
      this.#open(id, { onReply, onExit: reject })
      if (this.#smallFiles.length === 0) queueMicrotask(() => this.#sendSmallFiles())
      this.#smallFiles.push({ id, ...file })
    })
  }

  /** Ends the thread; only between jobs. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  /** Gives the port through which this thread hashes the chunks of a file that another thread reads. */
  help(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const worker = this.#worker ?? this.#startWorker()
    worker.postMessage({ kind: 'chunks', port: port2 } satisfies HashRequest, [port2])
    return port1
  }

  #runJob(job: HashJob): Promise<HashResult> {
    const { signal, onDoneBytes, chunks, fd, sizeBytes, offset = 0, readsAhead = true, bytesPerSecond } = job
    const id = this.#newId()
    this.#reading += 1
    const onAbort = (): void => this.#worker?.postMessage({ kind: 'cancel', id } satisfies HashRequest)
    const ending = new Promise<HashResult>((resolve, reject) => {
      const onReply = (answer: HashReply | SmallFileReply): void => {
        const reply = answer as HashReply
        if (reply.kind === 'progress') {
          onDoneBytes(reply.doneBytes)
          return
        }
        this.#settle(id)
        resolve(reply)
      }
      const port = chunks?.helper?.help()
      const handling = chunks && { chunkBytes: chunks.chunkBytes, port }
      const range = { fd, offset, sizeBytes, readsAhead, bytesPerSecond }
      const request = { kind: 'hash', id, ...range, chunks: handling } as const
      this.#open(id, { onReply, onExit: reject }).postMessage(request, port === undefined ? [] : [port])
      signal.addEventListener('abort', onAbort, { once: true })
    })
    return ending.finally(() => {
      this.#reading -= 1
      signal.removeEventListener('abort', onAbort)
    })
  }

  #newId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  /** Awaits the answer from the worker, which has yet to be asked. */
  #open(id: number, request: OpenRequest): Worker {
    const worker = this.#worker ?? this.#startWorker()
    if (this.#requests.size === 0) worker.ref()
    this.#requests.set(id, request)
    return worker
  }

  #sendSmallFiles(): void {
    const files = this.#smallFiles
    this.#smallFiles = []
    this.#worker?.postMessage({ kind: 'small', files } satisfies HashRequest)
  }

  #receive(reply: HashWorkerReply): void {
    const replies = reply.kind === 'small' ? reply.files : [reply]
    for (const one of replies) this.#requests.get(one.id)?.onReply(one)
  }

  #settle(id: number): void {
    this.#requests.delete(id)
    if (this.#requests.size === 0) this.#worker?.unref()
  }

  #startWorker(): Worker {
    const worker = this.#start()
    let failure: unknown
    worker.unref()
    // An idle worker has no request to tell of its error, and an unheard 'error' event would end the program.
    worker.on('error', (error) => {
      failure = error
    })
    worker.on('message', (reply: HashWorkerReply) => this.#receive(reply))
    // Only 'exit' says that the thread and its reads are gone, so requests end there and not at 'error'.
    worker.once('exit', (code) => {
      this.#worker = undefined
      this.#endOpen(new Error(`the hashing thread ended with ${code}`, { cause: failure }))
    })
    this.#worker = worker
    return worker
  }

  #endOpen(error: Error): void {
    const requests = [...this.#requests.values()]
    this.#requests.clear()
    for (const { onExit } of requests) onExit(error)
  }
}
