import { availableParallelism } from 'node:os'
import { toFingerprint } from '@catalog/system-calls'
import {
  assertOptions,
  CatalogError,
  createInvalidInput,
  type FileDigest,
  type OptionKinds,
  parseSha256Digest,
  type SeenFile,
  type VerifyFileOptions,
} from '@catalog/types'
import { Barrier } from '../barrier/barrier.ts'
import type { ChunkMap } from '../chunks/chunk-map.ts'
import { findPathProblems, parsePath } from '../file/parse-path.ts'
import { statRegularFile, toSizeBytes } from '../file/regular-file.ts'
import { HashThread } from '../pool/hash-thread.ts'
import { JobController } from '../pool/job-controller.ts'
import { SignalFanOut } from '../pool/signal-fan-out.ts'
import { SmallFileQueue } from '../pool/small-file-queue.ts'
import { TurnQueue } from '../pool/turn-queue.ts'
import { type AuditTask, auditRegularFile } from './audit-regular-file.ts'
import {
  type AuditOptions,
  type AuditResult,
  assertAuditOptions,
  parseAuditRequest,
} from './audit-request.ts'
import {
  assertCheckOptions,
  type CheckOptions,
  checkFileWith,
  type FileCheck,
  type FileEvidence,
} from './check-file.ts'
import { digestRegularFile } from './digest-regular-file.ts'
import {
  assertDigestOptions,
  assertEngine,
  type ChunkedFileDigest,
  type DigestOptions,
  parseDigestRequest,
  type ReadingOptions,
} from './digest-request.ts'
import { digestSideBySide } from './digest-side-by-side.ts'
import { digestSmallFile } from './digest-small-file.ts'
import type { Verifier, VerifierOptions } from './verifier.ts'

const DEFAULT_THREADS = 2
const MAX_THREADS = 64
const VERIFIER_OPTIONS: OptionKinds<VerifierOptions> = {
  threads: 'any',
  engine: 'any',
  followSymlink: 'boolean',
  probeDirectories: 'any',
}
const READING_OPTIONS: OptionKinds<VerifyFileOptions> = {
  signal: 'signal',
  onProgress: 'function',
  followSymlink: 'boolean',
  bytesPerSecond: 'number',
}
const MEASURE_OPTIONS: OptionKinds<Pick<ReadingOptions, 'followSymlink'>> = { followSymlink: 'boolean' }

/**
 * Creates a verifier with threads of its own. No thread starts before the first call.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 *
 * @example
 * ```ts
 * import { createVerifier } from '@catalog/verify'
 *
 * await using verifier = createVerifier({ threads: 4 })
 * const { digest } = await verifier.digestFile('model.gguf')
 * console.error(digest)
 * ```
 */
export function createVerifier(options: VerifierOptions = {}): Verifier {
  assertOptions(options, VERIFIER_OPTIONS)
  assertEngine(options.engine)
  return new ThreadedVerifier(options)
}

class ThreadedVerifier implements Verifier {
  readonly #defaults: ReadingOptions
  readonly #threads: readonly HashThread[]
  readonly #turns: TurnQueue<HashThread>
  readonly #smallFiles: SmallFileQueue
  readonly #running: Map<JobController, Promise<unknown>> = new Map()
  readonly #barrier: Barrier
  readonly #signals: SignalFanOut = new SignalFanOut()
  #closing: Promise<void> | undefined

  constructor({ threads, probeDirectories, ...defaults }: VerifierOptions) {
    this.#barrier = new Barrier(parseDirectories(probeDirectories))
    this.#defaults = defaults
    this.#threads = Array.from({ length: parseThreads(threads) }, () => new HashThread())
    this.#turns = new TurnQueue(this.#threads)
    this.#smallFiles = new SmallFileQueue(this.#threads)
  }

  digestFile(path: string, options: DigestOptions & { readonly chunkMap: true }): Promise<ChunkedFileDigest>
  digestFile(path: string, options?: DigestOptions): Promise<FileDigest>
  async digestFile(path: string, options: DigestOptions = {}): Promise<FileDigest> {
    assertDigestOptions(options)
    const request = parseDigestRequest(path, {
      ...options,
      engine: options.engine ?? this.#defaults.engine,
      followSymlink: options.followSymlink ?? this.#defaults.followSymlink,
    })
    return await this.#run(options.signal, async (cancel) => {
      const task = { request, cancel, barrier: this.#barrier, onProgress: options.onProgress }
      // A thread does a small file by itself, and for a large one only what takes long.
      const small = await digestSmallFile({ ...task, queue: this.#smallFiles })
      if (small !== undefined) return small
      return await this.#withThread(cancel.signal, (thread) =>
        digestRegularFile({ ...task, thread, helper: this.#helperOf(thread) }),
      )
    })
  }

  async digestFiles(
    files: readonly SeenFile[],
    options: VerifyFileOptions = {},
  ): Promise<readonly FileDigest[]> {
    assertOptions(options, READING_OPTIONS)
    const found = await digestSideBySide(files, { ...options, digest: this.digestFile.bind(this) })
    return found.filter((read) => read !== undefined)
  }

  async verifyDigest(path: string, expected: string, options: DigestOptions = {}): Promise<FileDigest> {
    assertDigestOptions(options)
    const digest = parseSha256Digest(expected, 'expected')
    const found = await this.digestFile(path, options)
    if (found.digest === digest) return found
    const message = `${path} has digest ${found.digest}, expected ${digest}`
    const details = { path, expected: digest, found: found.digest, sizeBytes: found.sizeBytes }
    throw new CatalogError('DIGEST_MISMATCH', message, details)
  }

  async auditFile(path: string, chunkMap: ChunkMap, options: AuditOptions = {}): Promise<AuditResult> {
    assertAuditOptions(options)
    const followSymlink = options.followSymlink ?? this.#defaults.followSymlink
    const request = parseAuditRequest(path, chunkMap, { ...options, followSymlink })
    return await this.#run(options.signal, (cancel) => {
      const withThread: AuditTask['withThread'] = (signal, work) => this.#withThread(signal, work)
      const threads = Math.min(request.threads, this.#threads.length)
      const { onProgress } = options
      const task = { request: { ...request, threads }, cancel, barrier: this.#barrier, onProgress }
      return auditRegularFile({ ...task, withThread })
    })
  }

  async measureFile(path: string, options: Pick<ReadingOptions, 'followSymlink'> = {}): Promise<number> {
    assertOptions(options, MEASURE_OPTIONS)
    this.#assertOpen()
    const { followSymlink = this.#defaults.followSymlink ?? false } = options
    const name = parsePath(path)
    return toSizeBytes(await statRegularFile(name, followSymlink), name)
  }

  async checkFile(path: string, evidence: FileEvidence, options: CheckOptions): Promise<FileCheck> {
    assertCheckOptions(options)
    this.#assertOpen()
    const { followSymlink = this.#defaults.followSymlink ?? false } = options
    const name = parsePath(path)
    const stat = async () => {
      const stats = await statRegularFile(name, followSymlink)
      toSizeBytes(stats, name)
      return toFingerprint(stats)
    }
    const { mode: _mode, ...reading } = options
    return await checkFileWith({ stat, digest: () => this.digestFile(path, reading) }, evidence, options)
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
  async #run<T>(signal: AbortSignal | undefined, work: (cancel: JobController) => Promise<T>): Promise<T> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const cancel = new JobController()
    if (signal !== undefined) this.#signals.add(signal, cancel)
    const running = work(cancel)
    this.#running.set(cancel, running)
    try {
      return await running
    } finally {
      this.#running.delete(cancel)
      if (signal !== undefined) this.#signals.remove(signal, cancel)
    }
  }

  /** The turn comes before the file is opened, so that many waiting files do not use up the descriptors. */
  async #withThread<T>(signal: AbortSignal, work: (thread: HashThread) => Promise<T>): Promise<T> {
    const thread = await this.#turns.take(signal)
    try {
      return await work(thread)
    } finally {
      this.#turns.give(thread)
      this.#smallFiles.wake()
    }
  }

  /** The next thread, even if it is busy: it hashes chunks between its own pieces. Undefined if there is only one. */
  #helperOf(thread: HashThread): HashThread | undefined {
    const helper = this.#threads[(this.#threads.indexOf(thread) + 1) % this.#threads.length]
    return helper === thread ? undefined : helper
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

function parseDirectories(directories: unknown = []): readonly string[] {
  if (!Array.isArray(directories))
    throw createInvalidInput([{ field: 'probeDirectories', problem: 'must be an array of paths' }])
  const problems = directories.flatMap(findPathProblems)
  if (problems.length === 0) return [...directories]
  throw createInvalidInput(problems.map(({ problem }) => ({ field: 'probeDirectories', problem })))
}

function createClosed(): CatalogError<'CLOSED'> {
  return new CatalogError('CLOSED', 'the verifier is closed', { what: 'verifier' })
}
