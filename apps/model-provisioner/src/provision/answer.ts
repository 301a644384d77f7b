/** Room `provision`: from a model that is wanted to one that is verified. */

import type { FetchResponse } from '../source/fetch.ts'
import { SourceError } from '../source/source-error.ts'

/** What an answer to a request for the bytes from some byte on means. */
export type Answer =
  /** The body begins with this byte of the file. */
  | { readonly kind: 'bytes'; readonly fromByte: number; readonly totalBytes: number | undefined }
  /** The partial file already has every byte. */
  | { readonly kind: 'whole' }
  /** What is there does not fit what the source has now. */
  | { readonly kind: 'start-over' }

/** Asked too often or too early. */
const TRANSIENT: readonly number[] = [408, 425, 429]
/** What a source cannot do it cannot do later either. */
const LASTING: readonly number[] = [501, 505]

/** What was asked for: the bytes from one on, of the version of which the bytes before it are. */
export interface Asked {
  readonly fromByte: number
  /** A strong ETag. */
  readonly version: string | undefined
}

/**
 * Reads status and headers.
 *
 * @throws {SourceError} for a status that brings no bytes
 */
export function readAnswer(response: FetchResponse, { fromByte, version }: Asked): Answer {
  const { status, headers } = response
  if (status === 200) {
    // The body comes decoded, and the length is that of what was sent.
    return { kind: 'bytes', fromByte: 0, totalBytes: isEncoded(headers) ? undefined : toBytes(headers) }
  }
  if (status === 206) {
    const [, first, last, total] =
      /^bytes (\d+)-(\d+)\/(\d+|\*)$/u.exec(headers.get('content-range') ?? '') ?? []
    // A source without support for If-Range sends the end of its present version.
    const isSame = version !== undefined && findVersion(response) === version
    if (!isSame || Number(first) !== fromByte) return { kind: 'start-over' }
    return { kind: 'bytes', fromByte, totalBytes: total === '*' ? Number(last) + 1 : Number(total) }
  }
  if (status === 416) {
    const [, total] = /^bytes \*\/(\d+)$/u.exec(headers.get('content-range') ?? '') ?? []
    return Number(total) === fromByte ? { kind: 'whole' } : { kind: 'start-over' }
  }
  const isTransient = TRANSIENT.includes(status) || (status >= 500 && !LASTING.includes(status))
  const retryAfterMs = isTransient ? toMs(headers.get('retry-after')) : undefined
  throw new SourceError(`the source answers ${status}`, { isTransient, retryAfterMs })
}

/** The strong ETag of the answer; undefined if it has none, or if the body was encoded. Weak ETags do not compare bytes. */
export function findVersion({ headers }: FetchResponse): string | undefined {
  const etag = headers.get('etag') ?? ''
  return /^"[^"]*"$/u.test(etag) && !isEncoded(headers) ? etag : undefined
}

function isEncoded(headers: FetchResponse['headers']): boolean {
  return !['', 'identity'].includes((headers.get('content-encoding') ?? '').trim().toLowerCase())
}

function toBytes(headers: FetchResponse['headers']): number | undefined {
  const text = headers.get('content-length') ?? ''
  return /^\d+$/u.test(text) ? Number(text) : undefined
}

/** `Retry-After`: seconds, or a date. */
function toMs(text: string | null): number | undefined {
  if (text === null) return undefined
  const ms = /^\d+$/u.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}
