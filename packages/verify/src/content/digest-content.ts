import {
  assertOptions,
  CatalogError,
  createInvalidInput,
  type OptionKinds,
  parseSha256Digest,
  type Sha256Digest,
} from '@catalog/types'
import { assertBytes, type Sha256 } from '../hashing/sha256.ts'
import { nextTurn } from './next-turn.ts'

/** Bytes that are not a file on this machine: a file that a user selected, a response, a stream. */
export type Content = Blob | Response | ReadableStream<Uint8Array>

/** How many bytes of a content were read. */
export interface ContentProgress {
  readonly doneBytes: number
  /** Undefined if the size is not known beforehand. */
  readonly totalBytes: number | undefined
}

/** Options of one reading. */
export interface ContentOptions {
  /** Cancels: the promise rejects with the signal's reason, and no more of the content is read. */
  readonly signal?: AbortSignal | undefined
  /**
   * Called as bytes arrive, at most about ten times a second, and once at the end. What it throws ends the
   * reading.
   */
  readonly onProgress?: ((progress: ContentProgress) => void) | undefined
}

const CONTENT_OPTIONS: OptionKinds<ContentOptions> = { signal: 'signal', onProgress: 'function' }

/** Digest and size of a content. */
export interface ContentDigest {
  readonly digest: Sha256Digest
  readonly sizeBytes: number
}

/** About 2 ms in WebAssembly; then other waiting work has a turn. */
const TURN_BYTES = 256 * 1024
const PROGRESS_MS = 100

/**
 * The SHA-256 of a Blob, a Response or a stream, on the caller's thread, hashed as it is read and never held
 * as a whole. Rejects with the signal's reason once it is aborted, and with the error of the content.
 *
 * @throws {CatalogError} INVALID_INPUT if the content cannot be read, was already read, or is a Response that
 *   is not ok
 */
export type DigestContent = (content: Content, options?: ContentOptions) => Promise<ContentDigest>

/**
 * As {@link DigestContent}, and resolves only if the digest is the expected one.
 *
 * @throws {CatalogError} INVALID_INPUT if the content cannot be read, was already read, or is a Response that
 *   is not ok
 * @throws {CatalogError} DIGEST_MISMATCH if the content has another digest
 */
export type VerifyContent = (
  content: Content,
  expected: string,
  options?: ContentOptions,
) => Promise<ContentDigest>

type CreateHasher = () => Sha256 | Promise<Sha256>

export function createDigestContent(createHasher: CreateHasher): DigestContent {
  return async (content, options = {}) => await digest(createHasher, content, options)
}

export function createVerifyContent(createHasher: CreateHasher): VerifyContent {
  return async (content, expected, options = {}) => {
    const wanted = parseSha256Digest(expected, 'expected')
    const found = await digest(createHasher, content, options)
    if (found.digest === wanted) return found
    const message = `the content has digest ${found.digest}, expected ${wanted}`
    const details = { path: 'the content', expected: wanted, found: found.digest, sizeBytes: found.sizeBytes }
    throw new CatalogError('DIGEST_MISMATCH', message, details)
  }
}

async function digest(
  createHasher: CreateHasher,
  content: Content,
  options: ContentOptions,
): Promise<ContentDigest> {
  assertOptions(options, CONTENT_OPTIONS)
  const { signal, onProgress } = options
  signal?.throwIfAborted()
  const { body, totalBytes } = openContent(content)
  const sha256 = await createHasher()
  let doneBytes = 0
  let reportedAt = performance.now()
  for await (const bytes of readBody(body, signal)) {
    await hashInTurns(sha256, bytes, signal)
    doneBytes += bytes.length
    if (performance.now() - reportedAt < PROGRESS_MS) continue
    reportedAt = performance.now()
    onProgress?.({ doneBytes, totalBytes })
  }
  onProgress?.({ doneBytes, totalBytes })
  signal?.throwIfAborted()
  return { digest: sha256.digest(), sizeBytes: doneBytes }
}

interface OpenContent {
  readonly body: ReadableStream<Uint8Array> | null
  readonly totalBytes: number | undefined
}

// By what it can do, not by its class: there may be several of each name, as in frames and tests.
function openContent(content: Content): OpenContent {
  if (typeof content !== 'object' || content === null) throw createInvalidContent(`not ${typeof content}`)
  if ('getReader' in content) return { body: assertUnread(content, content.locked), totalBytes: undefined }
  if ('stream' in content) return { body: content.stream(), totalBytes: content.size }
  if (!('body' in content)) throw createInvalidContent('not another object')
  if (!content.ok) throw createInvalidContent(`not a response with status ${content.status}`)
  assertUnread(content, content.bodyUsed)
  return { body: content.body, totalBytes: lengthOf(content.headers) }
}

/** Of what was compressed on its way the header tells another length. */
function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('content-length')
  return length === null || headers.has('content-encoding') ? undefined : Number(length)
}

function assertUnread<T>(content: T, isRead: boolean): T {
  if (isRead) throw createInvalidContent('not one that was, or is being, read')
  return content
}

function createInvalidContent(not: string): Error {
  const problem = `must be a Blob, a Response or a ReadableStream of bytes, and ${not}`
  return createInvalidInput([{ field: 'content', problem }])
}

async function* readBody(
  body: OpenContent['body'],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader()
  if (reader === undefined) return
  const cancel = (): void => void reader.cancel(signal?.reason).catch(() => undefined)
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      signal?.throwIfAborted()
      if (done) return
      yield value
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
    // Nothing more comes of a content that was read to its end; any other is cancelled.
    reader.cancel().catch(() => undefined)
  }
}

async function hashInTurns(sha256: Sha256, bytes: unknown, signal: AbortSignal | undefined): Promise<void> {
  assertBytes(bytes, 'content')
  for (let start = 0; start < bytes.length; start += TURN_BYTES) {
    if (start > 0) await nextTurn()
    signal?.throwIfAborted()
    sha256.update(bytes.subarray(start, start + TURN_BYTES))
  }
}
