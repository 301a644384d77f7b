import {
  type Catalog,
  type DigestProgress,
  type ModelDownload,
  type ModelEntry,
  sizeOfEntry,
} from 'model-catalog'
import type { Fetch } from '../source/fetch.ts'
import { DEFAULT_HUB, toFileUrl } from '../source/file-url.ts'
import { SourceError } from '../source/source-error.ts'
import { giveUp, toFailed } from './failure.ts'
import { fetchFile } from './fetch-file.ts'
import { type HeldDownload, keepDownload } from './keep-download.ts'
import { DEFAULT_ATTEMPTS, DEFAULT_MOST_MS, pause, type RetryOptions, toDelayMs } from './retry.ts'
import { forgetVersion } from './version-file.ts'

/** How far it has come. */
export interface ProvisionProgress extends Pick<DigestProgress, 'doneBytes'> {
  readonly id: string
  readonly phase: 'fetch' | 'verify'
  /** Undefined while it is unknown. */
  readonly totalBytes: number | undefined
}

export interface ProvisionOptions {
  readonly fetch: Fetch
  /** Ends it. What was fetched stays, and others may go on at once. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ProvisionProgress) => void) | undefined
  readonly retry?: RetryOptions | undefined
  /** Where `hf:` sources are asked for. Default https://huggingface.co. */
  readonly hub?: string | undefined
  /** How long a source may send nothing, in milliseconds. Default 60 s. */
  readonly stallMs?: number | undefined
  /** For how long a provisioner that is killed keeps the model from others, in milliseconds. Default 10 min. */
  readonly forMs?: number | undefined
  /** How much may have to be fetched again after a crash, in bytes. Default 16 MiB. */
  readonly checkpointEveryBytes?: number | undefined
}

type Filled = Required<{ [K in keyof ProvisionOptions]: NonNullable<ProvisionOptions[K]> }>

const DEFAULTS: Omit<Filled, 'fetch' | 'signal'> = {
  onProgress: () => undefined,
  retry: {},
  hub: DEFAULT_HUB,
  stallMs: 60_000,
  forMs: 10 * 60 * 1000,
  checkpointEveryBytes: 16 * 1024 * 1024,
}

/**
 * Downloads a model, unless it is there and verified, and has it verified. May be killed at any moment and run again. What it
 * failed of is kept in the entry, with the time of the next attempt.
 *
 * @throws {SourceError} if the source does not give the bytes, after all retries
 * @throws {CatalogError} IN_USE while another provisioner is at it; DIGEST_MISMATCH and its kin once wrong bytes are quarantined
 */
export async function provision(
  catalog: Catalog,
  id: string,
  options: ProvisionOptions,
): Promise<ModelEntry> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const how = { signal: new AbortController().signal, ...DEFAULTS, ...given } as Filled
  try {
    return await provisionOrFail(catalog, id, how)
  } catch (error) {
    if (how.signal.aborted) await giveUp(catalog, id)
    throw error
  }
}

async function provisionOrFail(catalog: Catalog, id: string, how: Filled): Promise<ModelEntry> {
  const { signal, forMs, retry } = how
  const { attempts = DEFAULT_ATTEMPTS, mostMs = DEFAULT_MOST_MS } = retry
  const fetched = new FetchedFiles()
  let failures = 0
  let reached = 0
  for (;;) {
    signal.throwIfAborted()
    try {
      const sinceMs = Date.now()
      const download = await catalog.downloads.begin(id, { forMs })
      if (!download.needed) return download.entry
      // Any progress resets the count of failures.
      const doneBytes = download.files.reduce((sum, { start }) => sum + start.fromByte, 0)
      if (doneBytes > reached) failures = 0
      reached = Math.max(reached, doneBytes)
      return await attempt(catalog, { download, sinceMs, fetched: fetched.of(download) }, how)
    } catch (error) {
      signal.throwIfAborted()
      failures += 1
      const isAgain = error instanceof SourceError && error.isTransient && failures < attempts
      if (!isAgain || (error.retryAfterMs ?? 0) > mostMs) throw await recordFailure(catalog, id, error)
      await pause(toDelayMs(failures, error.retryAfterMs, retry), signal)
    }
  }
}

/** The files that were fetched to their end: of a model of many, one that was cut off does not cost the others. */
class FetchedFiles {
  #startedAt: string | undefined
  #paths: Set<string> = new Set()

  /** Those of this download; none of one that another has had meanwhile. */
  of({ entry }: ModelDownload): Set<string> {
    const startedAt = entry.download?.startedAt
    if (startedAt !== this.#startedAt) this.#paths = new Set()
    this.#startedAt = startedAt
    return this.#paths
  }
}

/** A download that was begun at a time by the clock of this machine. */
interface Begun {
  readonly download: ModelDownload
  readonly sinceMs: number
  /** The partial files that are whole. */
  readonly fetched: Set<string>
}

async function attempt(catalog: Catalog, begun: Begun, how: Filled): Promise<ModelEntry> {
  const { download, sinceMs } = begun
  const { id } = download
  const { signal: stop, forMs } = how
  return await keepDownload(catalog, id, { forMs, signal: stop, sinceMs }, async (held) => {
    await fetchFiles(begun, held, how)
    const onProgress = ({ doneBytes, totalBytes }: DigestProgress): void =>
      how.onProgress({ id, phase: 'verify', doneBytes, totalBytes })
    const entry = await catalog.downloads.finish(id, { signal: held.signal, forMs, onProgress })
    for (const { partialPath } of download.files) await forgetVersion(partialPath)
    return entry
  })
}

async function fetchFiles(
  { download: { id, entry, files }, fetched }: Begun,
  held: HeldDownload,
  how: Filled,
): Promise<void> {
  const totalBytes = sizeOfEntry(entry)
  let before = 0
  for (const file of files) {
    const { part } = file
    const expectedBytes = part === undefined ? entry.sizeBytes : part.sizeBytes
    let doneBytes = 0
    if (!file.isPresent && !fetched.has(file.partialPath)) {
      const url = toFileUrl(entry, part, how.hub)
      const onBytes = (bytes: number): void => {
        doneBytes = bytes
        how.onProgress({ id, phase: 'fetch', doneBytes: before + bytes, totalBytes })
      }
      const hasDigest = (part === undefined ? entry.digest : (part.digest ?? null)) !== null
      await fetchFile({ ...how, held, url, file, expectedBytes, hasDigest, onBytes })
      fetched.add(file.partialPath)
    }
    before += expectedBytes ?? doneBytes
  }
}

async function recordFailure(catalog: Catalog, id: string, error: unknown): Promise<unknown> {
  const entry = await catalog.get(id).catch(() => undefined)
  const failed = toFailed(error, entry?.failedDownload?.attempts ?? 0)
  if (failed !== undefined) await giveUp(catalog, id, failed)
  return error
}
