import { Worker } from 'node:worker_threads'
import type { HashReply, HashRequest, HashResult } from './hash-protocol.ts'
import { runHashWorker } from './hash-worker.ts'

/** One descriptor to hash. */
export interface HashJob {
  readonly fd: number
  readonly sizeBytes: number
  readonly signal: AbortSignal
  readonly onDoneBytes: (doneBytes: number) => void
}

/** What was read: fewer bytes than asked for where the file turned out shorter. */
export interface HashedContent {
  readonly doneBytes: number
  readonly digest: string
}

/** Starts the worker of a hashing thread. Loaders and flags of the program are not for it. */
export function startHashWorker(): Worker {
  return new Worker(`(${runHashWorker.toString()})(require)`, { eval: true, execArgv: [] })
}

/**
 * A thread that hashes one descriptor at a time. Its worker starts at the first job, is kept for the next one,
 * never keeps the program running while idle, and is started anew when it died.
 */
export class HashThread {
  readonly #start: () => Worker
  #worker: Worker | undefined

  constructor(start: () => Worker = startHashWorker) {
    this.#start = start
  }

  /**
   * Hashes `sizeBytes` bytes of the descriptor from its start. However it ends, no read on the descriptor is in
   * flight any more. Rejects with the signal's reason, with the error of the read, or with that of the thread.
   */
  async hash(job: HashJob): Promise<HashedContent> {
    job.signal.throwIfAborted()
    const worker = this.#worker ?? this.#startWorker()
    const result = await runJob(worker, job)
    job.signal.throwIfAborted()
    switch (result.kind) {
      case 'done':
        return { doneBytes: result.doneBytes, digest: result.digest }
      case 'failed':
        throw Object.assign(new Error(result.message), { code: result.code })
      case 'cancelled':
        throw new Error('the thread stopped without being told to')
      default:
        return result satisfies never
    }
  }

  /** Ends the thread; only between jobs. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #startWorker(): Worker {
    const worker = this.#start()
    worker.unref()
    // An idle worker has no job to tell of its error, and an unheard 'error' event would end the program.
    worker.on('error', () => undefined)
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    this.#worker = worker
    return worker
  }
}

function runJob(worker: Worker, job: HashJob): Promise<HashResult> {
  return new Promise<HashResult>((resolve, reject) => {
    let failure: unknown
    const send = (request: HashRequest): void => worker.postMessage(request)
    const onAbort = (): void => send({ kind: 'cancel' })
    const onError = (error: unknown): void => {
      failure = error
    }
    // Only 'exit' says that the thread and its reads are gone, so the job ends there and not at 'error'.
    const onExit = (code: number): void => {
      release()
      reject(new Error(`the hashing thread ended with ${code}`, { cause: failure }))
    }
    const onReply = (reply: HashReply): void => {
      if (reply.kind === 'progress') {
        job.onDoneBytes(reply.doneBytes)
        return
      }
      release()
      resolve(reply)
    }
    const release = (): void => {
      job.signal.removeEventListener('abort', onAbort)
      worker.off('error', onError).off('exit', onExit).off('message', onReply)
      worker.unref()
    }
    worker.on('error', onError).on('exit', onExit).on('message', onReply)
    worker.ref()
    job.signal.addEventListener('abort', onAbort, { once: true })
    send({ kind: 'hash', fd: job.fd, sizeBytes: job.sizeBytes })
  })
}
