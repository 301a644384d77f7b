import {
  createDigestStream,
  type DownloadFile,
  isCatalogError,
  openPartialFile,
  saveCheckpoint,
} from 'model-catalog'
import type { Fetch, FetchResponse } from '../source/fetch.ts'
import { SourceError } from '../source/source-error.ts'
import { findVersion, readAnswer } from './answer.ts'
import type { HeldDownload } from './keep-download.ts'
import { StallTimer } from './stall-timer.ts'
import { forgetVersion, readVersion, writeVersion } from './version-file.ts'

export interface FileRequest {
  readonly fetch: Fetch
  readonly url: string
  readonly file: DownloadFile
  /** What the entry declares; undefined if nothing. */
  readonly expectedBytes: number | undefined
  /** Whether the entry has a digest by which a file that was cut off is found out. */
  readonly hasDigest: boolean
  readonly held: HeldDownload
  readonly stallMs: number
  readonly checkpointEveryBytes: number
  /** How many bytes the partial file has by now. */
  readonly onBytes: (doneBytes: number) => void
}

/**
 * Fetches what a partial file lacks. Bytes are joined only to those of the same version of the source, by `If-Range`, and only up
 * to the last checkpoint, which is what is known of them.
 *
 * @throws {SourceError} if the source answers wrongly or not at all
 */
export async function fetchFile(request: FileRequest): Promise<void> {
  const { fetch, url, file, expectedBytes, held, stallMs } = request
  const { signal } = held
  const { partialPath, start } = file
  if (start.resume && start.fromByte === expectedBytes) return await cutOff(partialPath, start.fromByte)
  const version = start.resume ? await readVersion(partialPath, url) : undefined
  const range = version && { range: `bytes=${start.fromByte}-`, 'if-range': version }
  const stall = new StallTimer(signal, stallMs)
  try {
    // Bytes that are encoded on the way have no place in the file.
    const headers = { 'accept-encoding': 'identity', ...range }
    const response = await fetch(url, { headers, signal: stall.signal })
    stall.touch()
    await take(request, response, { stall, version })
  } catch (error) {
    signal.throwIfAborted()
    throw toKnown(error)
  } finally {
    stall.end()
  }
}

async function take(
  request: FileRequest,
  response: FetchResponse,
  { stall, version }: { readonly stall: StallTimer; readonly version: string | undefined },
): Promise<void> {
  const { partialPath, start } = request.file
  try {
    const answer = readAnswer(response, { fromByte: start.fromByte, version })
    if (answer.kind === 'whole') {
      assertDeclared(request, start.fromByte)
      return await cutOff(partialPath, start.fromByte)
    }
    if (answer.kind === 'bytes') {
      assertDeclared(request, answer.totalBytes)
      return await write(request, response, { ...answer, stall })
    }
    await request.held.renew()
    await forgetVersion(partialPath)
    await cutOff(partialPath, 0)
    throw new SourceError('the bytes at the source have changed', { isTransient: true })
  } finally {
    // What was not read to its end would keep the connection.
    if (response.body?.locked === false) await response.body.cancel().catch(() => undefined)
  }
}

interface Writing {
  readonly fromByte: number
  readonly totalBytes: number | undefined
  readonly stall: StallTimer
}

async function write(
  request: FileRequest,
  response: FetchResponse,
  { fromByte, totalBytes, stall }: Writing,
): Promise<void> {
  const { file, url, expectedBytes, checkpointEveryBytes, onBytes, held } = request
  const { partialPath, start } = file
  if (response.body === null) throw new SourceError('the source sent no body', { isTransient: true })
  // While the source was silent another may have come.
  await held.renew()
  // From 0 this also forgets the checkpoint: only then may the name of other bytes be written down.
  const partial = await openPartialFile(partialPath, { fromByte })
  try {
    if (fromByte === 0) await writeVersion(partialPath, url, findVersion(response))
    const digest = createDigestStream({
      resumeFrom: fromByte === 0 ? undefined : start.resumeFrom,
      checkpointEveryBytes,
      onCheckpoint: (checkpoint) => saveCheckpoint(partialPath, checkpoint),
    })
    const limit = createLimit(fromByte, expectedBytes ?? totalBytes, (doneBytes) => {
      held.assertHeld()
      stall.touch()
      onBytes(doneBytes)
    })
    await response.body.pipeThrough(limit).pipeThrough(digest).pipeTo(partial, { signal: stall.signal })
  } catch (error) {
    // Where it came to no pipe, which ends both ends.
    if (!partial.locked) await partial.abort(error).catch(() => undefined)
    throw error
  }
}

/** Passes on as many bytes as are to come, and not one more. */
function createLimit(
  fromByte: number,
  mostBytes: number | undefined,
  onBytes: (doneBytes: number) => void,
): TransformStream<Uint8Array, Uint8Array> {
  let doneBytes = fromByte
  return new TransformStream({
    transform(chunk, controller) {
      doneBytes += chunk.byteLength
      if (mostBytes !== undefined && doneBytes > mostBytes) {
        throw new SourceError(`the source sends more than ${mostBytes} bytes`, { isTransient: false })
      }
      onBytes(doneBytes)
      controller.enqueue(chunk)
    },
    flush() {
      if (mostBytes === undefined || doneBytes === mostBytes) return
      const message = `the source ended after ${doneBytes} of ${mostBytes} bytes`
      throw new SourceError(message, { isTransient: true })
    },
  })
}

/** Without a length, a digest and a size a file that was cut off would look like a whole one. */
function assertDeclared({ expectedBytes, hasDigest }: FileRequest, totalBytes: number | undefined): void {
  if (totalBytes === undefined && expectedBytes === undefined && !hasDigest) {
    const message = 'the source does not say how long the file is, and neither size nor digest is declared'
    throw new SourceError(message, { isTransient: false })
  }
  if (totalBytes === undefined || expectedBytes === undefined || totalBytes === expectedBytes) return
  const message = `the source has ${totalBytes} bytes, and ${expectedBytes} are declared`
  throw new SourceError(message, { isTransient: false })
}

/** Leaves so many bytes of the partial file, on disk. */
async function cutOff(partialPath: string, bytes: number): Promise<void> {
  const partial = await openPartialFile(partialPath, { fromByte: bytes })
  await partial.close()
}

/** What neither the source nor the catalog says is the network's. */
function toKnown(error: unknown): unknown {
  if (error instanceof SourceError || isCatalogError(error)) return error
  return new SourceError(`the connection failed${describeCause(error)}`, { isTransient: true, cause: error })
}

function describeCause(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' ? ` (${code})` : ''
}
