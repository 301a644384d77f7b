import { assertOptions, createInvalidInput, type DigestFileOptions, type OptionKinds } from '@catalog/types'
import { assertChunkMap, type ByteRange, type ChunkMap } from '../chunks/chunk-map.ts'
import { parsePath } from '../file/parse-path.ts'

/** Options of one audit. */
export interface AuditOptions extends DigestFileOptions {
  /** Whether the path may be a symbolic link. Its target is checked like any file. Default false. */
  readonly followSymlink?: boolean | undefined
  /** How many threads read at the same time. Default and maximum: all of the verifier. */
  readonly threads?: number | undefined
}

/**
 * The damaged ranges in order, with a gap between any two. A range begins and ends with a chunk; excess bytes
 * at the end of the file are a range that begins where the file should have ended.
 */
export type AuditResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly damaged: readonly ByteRange[] }

const AUDIT_OPTIONS: OptionKinds<AuditOptions> = {
  signal: 'signal',
  onProgress: 'function',
  followSymlink: 'boolean',
  threads: 'any',
}

/** INVALID_INPUT for options that do not exist or are of another type. */
export function assertAuditOptions(options: AuditOptions): void {
  assertOptions(options, AUDIT_OPTIONS)
}

/** What one audit was asked for, checked. */
export interface AuditRequest {
  readonly path: string
  readonly map: ChunkMap
  readonly followSymlink: boolean
  readonly threads: number
}

/** The request with all defaults filled in, or INVALID_INPUT. */
export function parseAuditRequest(
  path: unknown,
  map: unknown,
  { followSymlink = false, threads = Number.MAX_SAFE_INTEGER }: AuditOptions,
): AuditRequest {
  const name = parsePath(path)
  assertChunkMap(map)
  if (!Number.isSafeInteger(threads) || threads < 1) {
    throw createInvalidInput([{ field: 'threads', problem: `must be 1 or more, not ${String(threads)}` }])
  }
  return { path: name, map, followSymlink, threads }
}
