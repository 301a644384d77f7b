import {
  assertOptions,
  createInvalidInput,
  type HashCheckpoint,
  type OptionKinds,
  parseSha256Digest,
} from '@catalog/types'
import type { EngineChoice } from '../digest/digest-request.ts'
import { parseCheckpoint } from '../hashing/hash-checkpoint.ts'
import { DigestWork, type StreamDigest } from './digest-work.ts'
import { createPassThrough } from './pass-through.ts'

const DEFAULT_EVERY_BYTES = 64 * 1024 * 1024

/** Options of a digest stream. */
export interface DigestStreamOptions {
  /**
   * The digest that the whole stream should have. Any other ends the stream with DIGEST_MISMATCH, which fails
   * a pipe.
   */
  readonly expected?: string | undefined
  /**
   * The checkpoint to continue from: the first byte to arrive is the one at its offset. Take it from
   * `resumeDownload`.
   */
  readonly resumeFrom?: HashCheckpoint | undefined
  /**
   * Called with a checkpoint after every `checkpointEveryBytes`. Its result is awaited before more bytes
   * pass; what it throws ends the stream. Pass the checkpoint to `saveCheckpoint`.
   */
  readonly onCheckpoint?: ((checkpoint: HashCheckpoint) => unknown) | undefined
  /** The least number of bytes between two checkpoints, which fall between chunks. Default 64 MiB. */
  readonly checkpointEveryBytes?: number | undefined
  /**
   * `auto` is native, but wasm with `onCheckpoint` or `resumeFrom`, which native does not support. Default
   * `auto`.
   */
  readonly engine?: EngineChoice | undefined
  /** The path that DIGEST_MISMATCH names; nothing is opened. */
  readonly path?: string | undefined
}

const STREAM_OPTIONS: OptionKinds<DigestStreamOptions> = {
  expected: 'any',
  resumeFrom: 'any',
  onCheckpoint: 'any',
  checkpointEveryBytes: 'any',
  engine: 'any',
  path: 'string',
}

/** Passes bytes on unchanged, and hashes them. */
export interface DigestStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * The digest, once the writable side is closed and the bytes are read. Rejects with the error that ended
   * the stream, or the reason with which it was aborted or cancelled; never as an unhandled rejection.
   */
  readonly result: Promise<StreamDigest>
}

/**
 * A stream for `pipeThrough` that hashes the bytes that pass, unchanged, and holds one chunk at most. The
 * stream fails with DIGEST_MISMATCH if the digest is not `expected`, and with INVALID_INPUT after a chunk
 * that is not a Uint8Array or if another build of hash-wasm made `resumeFrom`.
 *
 * A checkpoint is passed on when the reader asks for the chunk after its offset, and so has taken all bytes
 * before it. They are in the file then if the sink asks only after each write, as `openPartialFile` does;
 * `saveCheckpoint` checks this. The digest is that of the received bytes, not of those on the disk: verify
 * the file before it is used.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs'
 * import { Writable } from 'node:stream'
 * import { createDigestStream } from '@catalog/verify'
 *
 * const hashing = createDigestStream()
 * const file = Writable.toWeb(createWriteStream('copy.gguf'))
 * await new Blob(['bytes']).stream().pipeThrough(hashing).pipeTo(file)
 * const { digest, sizeBytes } = await hashing.result
 * console.log(sizeBytes, digest.length) // 5 64
 * ```
 */
export function createDigestStream(options: DigestStreamOptions = {}): DigestStream {
  assertOptions(options, STREAM_OPTIONS)
  const work = new DigestWork({
    engine: parseEngine(options),
    expected: options.expected === undefined ? undefined : parseSha256Digest(options.expected, 'expected'),
    resumeFrom: parseResumeFrom(options.resumeFrom),
    onCheckpoint: parseOnCheckpoint(options.onCheckpoint),
    everyBytes: parseEveryBytes(options.checkpointEveryBytes),
    path: options.path ?? 'the stream',
  })
  const { readable, writable } = createPassThrough(work)
  return { readable, writable, result: work.result }
}

function parseEngine({ engine = 'auto', ...options }: DigestStreamOptions): 'native' | 'wasm' {
  const needsState = options.onCheckpoint !== undefined || options.resumeFrom !== undefined
  switch (engine) {
    case 'auto':
      return needsState ? 'wasm' : 'native'
    case 'wasm':
      return 'wasm'
    case 'native':
      if (needsState) throw createInvalidOption('engine', 'must be wasm or auto if checkpoints are used')
      return 'native'
    default:
      throw createInvalidOption(
        'engine',
        `must be auto, native or wasm, not ${String(engine satisfies never)}`,
      )
  }
}

function parseResumeFrom(resumeFrom: unknown): HashCheckpoint | undefined {
  if (resumeFrom === undefined) return undefined
  const parsed = parseCheckpoint(resumeFrom)
  if (parsed.kind === 'fits') return parsed.checkpoint
  throw createInvalidOption('resumeFrom', `must be a checkpoint, but ${parsed.detail}`)
}

function parseOnCheckpoint(
  onCheckpoint: DigestStreamOptions['onCheckpoint'],
): DigestStreamOptions['onCheckpoint'] {
  if (onCheckpoint === undefined || typeof onCheckpoint === 'function') return onCheckpoint
  throw createInvalidOption('onCheckpoint', 'must be a function')
}

function parseEveryBytes(everyBytes: number = DEFAULT_EVERY_BYTES): number {
  if (Number.isSafeInteger(everyBytes) && everyBytes > 0) return everyBytes
  throw createInvalidOption('checkpointEveryBytes', `must be a positive integer, not ${String(everyBytes)}`)
}

function createInvalidOption(field: string, problem: string): Error {
  return createInvalidInput([{ field, problem }])
}
