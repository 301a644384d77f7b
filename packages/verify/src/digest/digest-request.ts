import {
  assertOptions,
  createInvalidInput,
  type DigestEngine,
  type DigestFileOptions,
  type FileDigest,
  type InputProblem,
  type OptionKinds,
} from '@catalog/types'
import type { ChunkMap } from '../chunks/chunk-map.ts'
import { findPathProblems } from '../file/parse-path.ts'

/** `native` is node:crypto, `wasm` is hash-wasm, `auto` the faster available one: native on Node.js. */
export type EngineChoice = DigestEngine | 'auto'

/** How to reach and read a file; each may be given per call or, for all calls, to `createVerifier`. */
export interface ReadingOptions {
  /** Which SHA-256 to use. Default `auto`. */
  readonly engine?: EngineChoice | undefined
  /** Whether the path may be a symbolic link. Its target is checked like any file. Default false. */
  readonly followSymlink?: boolean | undefined
}

/** Options of one digest. */
export interface DigestOptions extends DigestFileOptions, ReadingOptions {
  /**
   * The size that the file should have, in bytes: if it has another, SIZE_MISMATCH before a byte is read.
   */
  readonly expectedSizeBytes?: number | undefined
  /** Whether to compute the digest of every chunk in the same reading. Default false. */
  readonly chunkMap?: boolean | undefined
  /**
   * The most bytes to read in a second; default: no limit. A file of up to 4 MiB is read at once. Not with
   * the engine `wasm`.
   */
  readonly bytesPerSecond?: number | undefined
}

const DIGEST_OPTIONS: OptionKinds<DigestOptions> = {
  signal: 'signal',
  onProgress: 'function',
  engine: 'any',
  followSymlink: 'boolean',
  expectedSizeBytes: 'any',
  chunkMap: 'boolean',
  bytesPerSecond: 'any',
}

/** INVALID_INPUT for options that do not exist or are of another type. */
export function assertDigestOptions(options: DigestOptions): void {
  assertOptions(options, DIGEST_OPTIONS)
}

/** A digest together with the digests of all chunks, from the same reading. */
export interface ChunkedFileDigest extends FileDigest {
  readonly chunks: ChunkMap
}

/** What one digest was asked for, checked. */
export interface DigestRequest {
  readonly path: string
  readonly engine: DigestEngine
  readonly followSymlink: boolean
  readonly expectedSizeBytes: number | undefined
  readonly chunkMap: boolean
  readonly bytesPerSecond?: number | undefined
}

/** The request with all defaults filled in, or INVALID_INPUT naming every field that is wrong. */
export function parseDigestRequest(path: unknown, options: DigestOptions): DigestRequest {
  const { engine = 'auto', followSymlink = false, expectedSizeBytes, chunkMap = false } = options
  const { bytesPerSecond } = options
  const problems = [
    ...findPathProblems(path),
    ...findEngineProblems(engine),
    ...findExpectedSizeProblems(expectedSizeBytes),
    ...findRateProblems(bytesPerSecond, engine),
  ]
  if (typeof path !== 'string' || problems.length > 0) throw createInvalidInput(problems)
  const chosen = engine === 'auto' ? 'native' : engine
  return { path, engine: chosen, followSymlink, expectedSizeBytes, chunkMap, bytesPerSecond }
}

/** INVALID_INPUT for an engine that does not exist. */
export function assertEngine(engine: EngineChoice = 'auto'): void {
  const problems = findEngineProblems(engine)
  if (problems.length > 0) throw createInvalidInput(problems)
}

function findEngineProblems(engine: EngineChoice): readonly InputProblem[] {
  if (['auto', 'native', 'wasm'].includes(engine)) return []
  return [{ field: 'engine', problem: `must be auto, native or wasm, not ${String(engine)}` }]
}

function findExpectedSizeProblems(sizeBytes: number | undefined): readonly InputProblem[] {
  if (sizeBytes === undefined || (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) return []
  return [
    { field: 'expectedSizeBytes', problem: `must be an integer number of bytes, not ${String(sizeBytes)}` },
  ]
}

function findRateProblems(bytesPerSecond: number | undefined, engine: EngineChoice): readonly InputProblem[] {
  if (bytesPerSecond === undefined) return []
  const field = 'bytesPerSecond'
  if (!(Number.isFinite(bytesPerSecond) && bytesPerSecond > 0)) {
    return [{ field, problem: `must be more than 0, not ${String(bytesPerSecond)}` }]
  }
  return engine === 'wasm' ? [{ field, problem: 'is not supported by the engine wasm' }] : []
}
