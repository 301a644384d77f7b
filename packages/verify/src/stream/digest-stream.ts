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
  /** The digest that the whole should have. Another one ends the stream with DIGEST_MISMATCH, and so fails a pipe. */
  readonly expected?: string | undefined
  /** Goes on from here: the first byte to come is the one at its offset. Take it from `resumeDownload`. */
  readonly resumeFrom?: HashCheckpoint | undefined
  /**
   * Is given a checkpoint after every `checkpointEveryBytes`. What it returns is awaited before more bytes are passed
   * on; what it throws ends the stream. Give it to `saveCheckpoint`.
   */
  readonly onCheckpoint?: ((checkpoint: HashCheckpoint) => unknown) | undefined
  /** At least how many bytes lie between two checkpoints, which fall between chunks. Default 64 MiB. */
  readonly checkpointEveryBytes?: number | undefined
  /** `auto` is native, but wasm with `onCheckpoint` or `resumeFrom`, which native cannot do. Default `auto`. */
  readonly engine?: EngineChoice | undefined
  /** Where the bytes go. Only DIGEST_MISMATCH names it; nothing is opened. */
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

/** Hands on the bytes that it is given, and hashes them. */
export interface DigestStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * The digest, once the writable side is closed and the bytes are taken. Rejects with the error that ended the
   * stream, or with the reason it was aborted or cancelled with; never as an unhandled rejection.
   */
  readonly result: Promise<StreamDigest>
}

/**
 * A stream for `pipeThrough` that hashes what passes, unchanged, and holds one chunk at most. Errors of the stream:
 * INVALID_INPUT for a chunk that is not a Uint8Array or a `resumeFrom` of another build of hash-wasm, DIGEST_MISMATCH.
 * INVALID_INPUT at once for bad options.
 *
 * A checkpoint is given when the reader asks for the chunk that follows its offset, and so has taken all bytes before
 * it. That they are in the file is then true of a sink that asks after each write, as `openPartialFile` does;
 * `saveCheckpoint` looks, and saves no other.
 *
 * The digest says what was received. What the disk holds only a read back can tell: before a model is made Active it
 * is verified from its file.
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
      if (needsState) throw createInvalidOption('engine', 'must be wasm or auto where checkpoints are used')
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
