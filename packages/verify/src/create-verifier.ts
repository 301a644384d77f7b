import { availableParallelism } from 'node:os'
import { CatalogError, createInvalidInput, type FileDigest, parseSha256Digest } from '@catalog/types'
import { type CheckOptions, checkFileWith, type FileCheck, type FileEvidence } from './check-file.ts'
import { digestRegularFile } from './digest-regular-file.ts'
import { type DigestOptions, parseDigestRequest, parsePath, type ReadingOptions } from './digest-request.ts'
import { toFingerprint } from './fingerprint.ts'
import { HashThread } from './hash-thread.ts'
import { statRegularFile, toSizeBytes } from './regular-file.ts'
import { TurnQueue } from './turn-queue.ts'
import type { Verifier, VerifierOptions } from './verifier.ts'

const DEFAULT_THREADS = 2
const MAX_THREADS = 64

/** A verifier; nothing is started before the first call. INVALID_INPUT for a bad `threads`. */
export function createVerifier(options: VerifierOptions = {}): Verifier {
  return new ThreadedVerifier(options)
}

class ThreadedVerifier implements Verifier {
  readonly #defaults: ReadingOptions
  readonly #threads: readonly HashThread[]
  readonly #turns: TurnQueue<HashThread>
  readonly #running: Map<AbortController, Promise<unknown>> = new Map()
  #closing: Promise<void> | undefined

  constructor({ threads, ...defaults }: VerifierOptions) {
    this.#defaults = defaults
    this.#threads = Array.from({ length: parseThreads(threads) }, () => new HashThread())
    this.#turns = new TurnQueue(this.#threads)
  }

  async digestFile(path: string, options: DigestOptions = {}): Promise<FileDigest> {
    const request = parseDigestRequest(path, {
      ...options,
      engine: options.engine ?? this.#defaults.engine,
      followSymlink: options.followSymlink ?? this.#defaults.followSymlink,
    })
    return await this.#run(options.signal, (cancel) =>
      this.#withThread(cancel.signal, (thread) =>
        digestRegularFile({ request, thread, cancel, onProgress: options.onProgress }),
      ),
    )
  }

  async verifyDigest(path: string, expected: string, options: DigestOptions = {}): Promise<FileDigest> {
    const digest = parseSha256Digest(expected, 'expected')
    const found = await this.digestFile(path, options)
    if (found.digest === digest) return found
    const message = `${path} has digest ${found.digest} where ${digest} was expected`
    const details = { path, expected: digest, found: found.digest, sizeBytes: found.sizeBytes }
    throw new CatalogError('DIGEST_MISMATCH', message, details)
  }

  async measureFile(path: string): Promise<number> {
    this.#assertOpen()
    const name = parsePath(path)
    return toSizeBytes(await statRegularFile(name, this.#defaults.followSymlink ?? false), name)
  }

  async checkFile(path: string, evidence: FileEvidence, options: CheckOptions): Promise<FileCheck> {
    this.#assertOpen()
    const { followSymlink = this.#defaults.followSymlink ?? false } = options
    const name = parsePath(path)
    const stat = async () => {
      const stats = await statRegularFile(name, followSymlink)
      toSizeBytes(stats, name)
      return toFingerprint(stats)
    }
    return await checkFileWith({ stat, digest: () => this.digestFile(path, options) }, evidence, options)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    for (const cancel of this.#running.keys()) cancel.abort(createClosed())
    await Promise.allSettled(this.#running.values())
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  /** One controller gathers all that can end a job: the caller's signal, its callback's error, and closing. */
  async #run<T>(signal: AbortSignal | undefined, work: (cancel: AbortController) => Promise<T>): Promise<T> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const cancel = new AbortController()
    const forward = (): void => cancel.abort(signal?.reason)
    signal?.addEventListener('abort', forward, { once: true })
    const running = work(cancel)
    this.#running.set(cancel, running)
    try {
      return await running
    } finally {
      this.#running.delete(cancel)
      signal?.removeEventListener('abort', forward)
    }
  }

  /** The turn comes before the file is opened, so that many waiting files do not use up the descriptors. */
  async #withThread<T>(signal: AbortSignal, work: (thread: HashThread) => Promise<T>): Promise<T> {
    const thread = await this.#turns.take(signal)
    try {
      return await work(thread)
    } finally {
      this.#turns.give(thread)
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw createClosed()
  }
}

function parseThreads(threads: number | undefined): number {
  if (threads === undefined) return Math.min(DEFAULT_THREADS, availableParallelism())
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads
  throw createInvalidInput([
    { field: 'threads', problem: `must be 1 to ${MAX_THREADS}, not ${String(threads)}` },
  ])
}

function createClosed(): CatalogError<'CLOSED'> {
  return new CatalogError('CLOSED', 'the verifier is closed', { what: 'verifier' })
}
