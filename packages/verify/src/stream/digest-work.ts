import { setImmediate as nextTurn } from 'node:timers/promises'
import { CatalogError, type DigestEngine, type HashCheckpoint, type Sha256Digest } from '@catalog/types'
import { createCheckpoint, decodeState } from '../hashing/hash-checkpoint.ts'
import { createNativeSha256 } from '../hashing/native-sha256.ts'
import { assertBytes, type Sha256 } from '../hashing/sha256.ts'
import { createSha256 } from '../hashing/wasm-sha256.ts'
import type { PassThroughWork } from './pass-through.ts'
import { TailRecorder } from './stream-tail.ts'

// Each takes about 2 ms; then the event loop has a turn, also where the chunks come without one in between.
const ENGINE_TURN_BYTES: Readonly<Record<DigestEngine, number>> = {
  native: 2 * 1024 * 1024,
  wasm: 256 * 1024,
}

/** Digest and size of a stream from its first byte, including the bytes before `resumeFrom`. */
export interface StreamDigest {
  readonly digest: Sha256Digest
  readonly sizeBytes: number
}

/** The options of a digest stream, checked. */
export interface StreamTask {
  readonly engine: DigestEngine
  readonly expected: Sha256Digest | undefined
  readonly resumeFrom: HashCheckpoint | undefined
  readonly onCheckpoint: ((checkpoint: HashCheckpoint) => unknown) | undefined
  readonly everyBytes: number
  readonly path: string
}

/** Hashes what passes and says at which points it can be taken up again. */
export class DigestWork implements PassThroughWork {
  readonly result: Promise<StreamDigest>
  readonly #task: StreamTask
  readonly #tail: TailRecorder | undefined
  readonly #settle: Settling<StreamDigest>
  #sha256: Sha256 = createNativeSha256()
  #save: (() => Uint8Array) | undefined
  #sizeBytes: number
  #sinceTurnBytes = 0
  #lastOffset: number
  // The checkpoint after the last chunk passed on, and the one after the chunk under way.
  #due: HashCheckpoint | undefined
  #next: HashCheckpoint | undefined

  constructor(task: StreamTask) {
    this.#task = task
    this.#tail = task.onCheckpoint === undefined ? undefined : new TailRecorder()
    this.#sizeBytes = task.resumeFrom?.offset ?? 0
    this.#lastOffset = this.#sizeBytes
    this.#settle = createSettling()
    this.result = this.#settle.promise
    // Who pipes hears of the error there, and need not look here.
    this.result.catch(() => undefined)
  }

  async start(): Promise<void> {
    const { engine, resumeFrom } = this.#task
    if (engine === 'native') return
    const sha256 = await createSha256()
    if (resumeFrom !== undefined) sha256.load(decodeState(resumeFrom))
    this.#sha256 = sha256
    this.#save = () => sha256.save()
  }

  async take(chunk: unknown, signal: AbortSignal): Promise<Uint8Array> {
    assertBytes(chunk, 'chunk')
    // It may be the last: a checkpoint given for it could stand at the end, where no byte is left to ask for.
    if (chunk.length === 0) return chunk
    this.#due = this.#next
    this.#next = undefined
    await this.#hash(chunk, signal)
    this.#tail?.add(chunk)
    if (this.#sizeBytes - this.#lastOffset >= this.#task.everyBytes) this.#next = this.#createCheckpoint()
    return chunk
  }

  async beforePassing(): Promise<void> {
    const due = this.#due
    if (due === undefined) return
    this.#due = undefined
    await this.#task.onCheckpoint?.(due)
  }

  finish(): void {
    const { expected, path } = this.#task
    const sizeBytes = this.#sizeBytes
    const found = this.#sha256.digest()
    if (expected !== undefined && found !== expected) {
      const message = `${path} was received with digest ${found}, expected ${expected}`
      throw new CatalogError('DIGEST_MISMATCH', message, { path, expected, found, sizeBytes })
    }
    this.#settle.resolve({ digest: found, sizeBytes })
  }

  fail(reason: unknown): void {
    this.#settle.reject(reason)
  }

  async #hash(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const turnBytes = ENGINE_TURN_BYTES[this.#task.engine]
    for (let start = 0; start < bytes.length; ) {
      signal.throwIfAborted()
      const slice = bytes.subarray(start, start + turnBytes - this.#sinceTurnBytes)
      this.#sha256.update(slice)
      start += slice.length
      this.#sinceTurnBytes += slice.length
      if (this.#sinceTurnBytes < turnBytes) continue
      this.#sinceTurnBytes = 0
      await nextTurn()
    }
    this.#sizeBytes += bytes.length
  }

  #createCheckpoint(): HashCheckpoint | undefined {
    if (this.#tail === undefined || this.#save === undefined) return undefined
    this.#lastOffset = this.#sizeBytes
    const state = Buffer.from(this.#save()).toString('base64')
    return createCheckpoint({ offset: this.#sizeBytes, state, tail: this.#tail.describe() })
  }
}

interface Settling<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(reason: unknown): void
}

function createSettling<T>(): Settling<T> {
  let settle: Omit<Settling<T>, 'promise'> = { resolve: () => undefined, reject: () => undefined }
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle }
}
