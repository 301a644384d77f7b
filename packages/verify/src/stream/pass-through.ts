/** What is done with the bytes that pass. If any of it throws, the stream ends with that error. */
export interface PassThroughWork {
  /** Before the first chunk. */
  start(): Promise<void>
  /** Looks at a chunk before it is passed on. The signal says that the stream has ended meanwhile. */
  take(chunk: unknown, signal: AbortSignal): Promise<Uint8Array>
  /** Before a chunk is passed on: the reader has taken all before it and asks for more. */
  beforePassing(): Promise<void>
  /** After the last chunk. */
  finish(): void
  /** The stream was aborted, cancelled, or failed. Nothing else is started after it. */
  fail(reason: unknown): void
}

/**
 * The two ends of a stream that hands on the chunks it is given. Unlike a TransformStream it tells its work when
 * the reader asks again, and an abort does not wait for a reader that has stopped reading.
 */
export function createPassThrough(work: PassThroughWork): TransformStream<Uint8Array, Uint8Array> {
  const { readable, writable } = new PassThrough(work)
  return { readable, writable }
}

class PassThrough {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  readonly #work: PassThroughWork
  readonly #ending = new AbortController()
  #output: ReadableStreamDefaultController<Uint8Array> | undefined
  #input: WritableStreamDefaultController | undefined
  #running: Promise<void> = Promise.resolve()
  #isAsked = false
  #wake: () => void = () => undefined

  constructor(work: PassThroughWork) {
    this.#work = work
    // Nothing is queued on this side, so a chunk waits in the other one until it is asked for.
    const queue = { highWaterMark: 0 }
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#output = controller
        },
        pull: () => this.#ask(),
        cancel: (reason) => {
          const ended = this.#end(reason)
          this.#input?.error(this.#ending.signal.reason)
          return ended
        },
      },
      queue,
    )
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => this.#start(controller),
      write: (chunk) => this.#run(() => this.#pass(chunk)),
      close: () => this.#run(() => this.#finish()),
      abort: (reason) => this.#end(reason),
    })
  }

  #start(controller: WritableStreamDefaultController): Promise<void> {
    const signal = signalOf(controller)
    this.#input = controller
    // `abort` of the sink comes only after a write under way, which may wait for a reader that is gone.
    signal?.addEventListener('abort', () => this.#fail(signal.reason), { once: true })
    return this.#run(() => this.#work.start())
  }

  async #pass(chunk: unknown): Promise<void> {
    const { signal } = this.#ending
    const bytes = await this.#work.take(chunk, signal)
    await this.#untilAsked()
    await this.#work.beforePassing()
    signal.throwIfAborted()
    // Before `enqueue`: with more than one read waiting it asks again at once.
    this.#isAsked = false
    this.#output?.enqueue(bytes)
  }

  async #finish(): Promise<void> {
    this.#ending.signal.throwIfAborted()
    this.#work.finish()
    this.#output?.close()
  }

  #ask(): void {
    this.#isAsked = true
    this.#wake()
  }

  async #untilAsked(): Promise<void> {
    const { signal } = this.#ending
    signal.throwIfAborted()
    if (!this.#isAsked) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    signal.throwIfAborted()
  }

  #run(step: () => Promise<void>): Promise<void> {
    const running = step().catch((error: unknown) => {
      this.#fail(error)
      throw error
    })
    this.#running = running.catch(() => undefined)
    return running
  }

  /** Resolves when none of the work is still under way. */
  #end(reason: unknown): Promise<void> {
    this.#fail(reason)
    return this.#running
  }

  #fail(given: unknown): void {
    const { signal } = this.#ending
    if (signal.aborted) return
    // Gives an AbortError where no reason was given.
    this.#ending.abort(given)
    this.#wake()
    this.#output?.error(signal.reason)
    this.#work.fail(signal.reason)
  }
}

/** It is in the standard and in Node, but not in the types of Node. */
function signalOf(controller: WritableStreamDefaultController): AbortSignal | undefined {
  return 'signal' in controller && controller.signal instanceof AbortSignal ? controller.signal : undefined
}
