import type { SmallFileReply, SmallFileRequest } from './hash-protocol.ts'
import type { JobController } from './job-controller.ts'

/** A small file to digest, from the first look at its name. */
export type SmallFile = Omit<SmallFileRequest, 'id'>

/**
 * As many small files as a thread has before it: enough that it never waits for the caller's thread, which has the
 * answers for half of them while it does the other half.
 */
const AHEAD = 8

/** What the queue asks of a hashing thread. */
export interface SmallFileThread {
  readonly isStarted: boolean
  /** Whether it is busy with a large file. */
  readonly isReading: boolean
  digestSmall(file: SmallFile): Promise<SmallFileReply>
}

/** A file that no thread has yet. */
interface WaitingFile {
  readonly file: SmallFile
  readonly cancel: JobController
  readonly resolve: (reply: Promise<SmallFileReply>) => void
}

/**
 * Hands small files to threads in the order of asking. Threads without a large file come first; where all have one,
 * each gets one small file at a time, which takes turns with the pieces of the large one.
 */
export class SmallFileQueue {
  readonly #load: Map<SmallFileThread, number>
  readonly #waiting: Set<WaitingFile> = new Set()

  constructor(threads: readonly SmallFileThread[]) {
    this.#load = new Map(threads.map((thread) => [thread, 0]))
  }

  /** Rejects with the reason of `cancel`: at once while the file waits, else when the thread has closed it. */
  async digest(file: SmallFile, cancel: JobController): Promise<SmallFileReply> {
    cancel.throwIfAborted()
    const thread = this.#waiting.size === 0 ? this.#findThread() : undefined
    const reply = await (thread === undefined ? this.#wait(file, cancel) : this.#run(thread, file))
    cancel.throwIfAborted()
    return reply
  }

  /** To be called when a thread is done with a large file: it may take more small ones now. */
  wake(): void {
    for (const waiting of this.#waiting) {
      const thread = this.#findThread()
      if (thread === undefined) return
      this.#leave(waiting)
      waiting.resolve(this.#run(thread, waiting.file))
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

  #wait(file: SmallFile, cancel: JobController): Promise<SmallFileReply> {
    return new Promise((resolve, reject) => {
      const waiting = { file, cancel, resolve }
      this.#waiting.add(waiting)
      cancel.onAbort = (reason) => {
        this.#leave(waiting)
        reject(reason)
      }
    })
  }

  #leave(waiting: WaitingFile): void {
    this.#waiting.delete(waiting)
    waiting.cancel.onAbort = undefined
  }

  /** The one with the least to do; a new thread is started only when all others are at work. */
  #findThread(): SmallFileThread | undefined {
    return (
      this.#findCheapest(false, AHEAD) ?? (this.#areAllReading() ? this.#findCheapest(true, 1) : undefined)
    )
  }

  #findCheapest(isReading: boolean, below: number): SmallFileThread | undefined {
    let least = below
    let found: SmallFileThread | undefined
    for (const [thread, load] of this.#load) {
      const cost = load + (thread.isStarted ? 0 : 0.5)
      if (thread.isReading !== isReading || cost >= least) continue
      least = cost
      found = thread
    }
    return found
  }

  #areAllReading(): boolean {
    for (const thread of this.#load.keys()) if (!thread.isReading) return false
    return true
  }

  #loadOf(thread: SmallFileThread): number {
    return this.#load.get(thread) ?? 0
  }
}
