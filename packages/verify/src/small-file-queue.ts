import type { SmallFileReply, SmallFileRequest } from './hash-protocol.ts'

/** A small file to digest, from the first look at its name. */
export type SmallFile = Omit<SmallFileRequest, 'kind' | 'id'>

/** As many small files as a thread has before it: enough that it never waits for the caller's thread. */
const AHEAD = 4

/** What the queue asks of a hashing thread. */
export interface SmallFileThread {
  readonly isStarted: boolean
  /** Whether it is busy with a large file. */
  readonly isReading: boolean
  digestSmall(file: SmallFile): Promise<SmallFileReply>
}

/**
 * Hands small files to threads in the order of asking. Threads without a large file come first; where all have one,
 * each gets one small file at a time, which takes turns with the pieces of the large one.
 */
export class SmallFileQueue {
  readonly #load: Map<SmallFileThread, number>
  readonly #waiting: Set<(thread: SmallFileThread) => void> = new Set()

  constructor(threads: readonly SmallFileThread[]) {
    this.#load = new Map(threads.map((thread) => [thread, 0]))
  }

  /** Rejects with the signal's reason: at once while the file waits, else when the thread has closed it. */
  async digest(file: SmallFile, signal: AbortSignal): Promise<SmallFileReply> {
    signal.throwIfAborted()
    const thread = this.#waiting.size === 0 ? this.#findThread() : undefined
    const reply = await (thread === undefined ? this.#wait(file, signal) : this.#run(thread, file))
    signal.throwIfAborted()
    return reply
  }

  /** To be called when a thread is done with a large file: it may take more small ones now. */
  wake(): void {
    for (const start of this.#waiting) {
      const thread = this.#findThread()
      if (thread === undefined) return
      start(thread)
    }
  }

  async #run(thread: SmallFileThread, file: SmallFile): Promise<SmallFileReply> {
    this.#load.set(thread, this.#loadOf(thread) + 1)
    try {
      return await thread.digestSmall(file)
    } finally {
      this.#load.set(thread, this.#loadOf(thread) - 1)
      this.wake()
    }
  }

  #wait(file: SmallFile, signal: AbortSignal): Promise<SmallFileReply> {
    return new Promise((resolve, reject) => {
      const start = (thread: SmallFileThread): void => {
        leave()
        resolve(this.#run(thread, file))
      }
      const onAbort = (): void => {
        leave()
        reject(signal.reason)
      }
      const leave = (): void => {
        this.#waiting.delete(start)
        signal.removeEventListener('abort', onAbort)
      }
      this.#waiting.add(start)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** The one with the least to do; a new thread is started only when all others are at work. */
  #findThread(): SmallFileThread | undefined {
    const threads = [...this.#load.keys()]
    const idle = threads.filter((thread) => !thread.isReading)
    const ahead = idle.length > 0 ? AHEAD : 1
    const candidates = idle.length > 0 ? idle : threads
    const costs = candidates.map((thread) => this.#loadOf(thread) + (thread.isStarted ? 0 : 0.5))
    const least = Math.min(...costs)
    return least < ahead ? candidates[costs.indexOf(least)] : undefined
  }

  #loadOf(thread: SmallFileThread): number {
    return this.#load.get(thread) ?? 0
  }
}
