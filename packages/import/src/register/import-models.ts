import { availableParallelism } from 'node:os'
import { type Catalog, isCatalogError, type ModelEntry, type WriteOptions } from 'model-catalog'
import type { Candidate } from '../candidate/candidate.ts'
import { type ScanProblem, toScanProblem, UnusableError } from '../candidate/scan-problem.ts'
import { findGone } from './find-gone.ts'
import { findWrongGitBlob } from './git-blobs.ts'
import type { ImportOutcome, ImportProgress, ImportReport, ImportResult } from './import-report.ts'
import { findStep, type ImportStep, toRegistration } from './import-step.ts'
import { inParallel } from './in-parallel.ts'
import { ReadingList } from './reading-list.ts'
import { isStillWrong } from './still-wrong.ts'

/** How candidates are imported. */
export interface ImportOptions extends Pick<WriteOptions, 'actor' | 'reason'> {
  /** Whether files are read and verified; default true. Without, models are registered and stay Pending. */
  readonly verify?: boolean | undefined
  /** How many models are read at the same time; default: one for each processor. */
  readonly parallel?: number | undefined
  /** The absolute roots of the stores that were scanned, so that models of an emptied one are told as gone. */
  readonly stores?: readonly string[] | undefined
  /** Cancels: the promise rejects with the signal's reason. What was registered by then stays Pending. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are read, and once for each model that is done. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Called for each model once it is done, in the order in which they are. */
  readonly onResult?: ((result: ImportResult) => void) | undefined
}

/** Commits that wait for one another share a write to the disk. */
const PARALLEL_COMMITS = 32

/** A candidate on its way through the import. */
interface Registered {
  readonly candidate: Candidate
  readonly id: string
  readonly outcome: ImportOutcome
  readonly entry?: ModelEntry
  readonly error?: unknown
  readonly problem?: ScanProblem
  readonly mustRead: boolean
}

/**
 * Registers candidates of a scan where they are, and verifies them. A model that the catalog has as it is stays
 * untouched, unless it has to be read again. Where a name means other bytes than before, the entry is updated,
 * and its history keeps what it meant. A model that fails does not stop the others: the report has its error.
 * Nothing in the stores is written.
 *
 * @throws {CatalogError} READ_ONLY if the catalog is open for reading only
 * @throws {CatalogError} IO if the catalog's own disk cannot be written
 * @throws {CatalogError} CLOSED if the catalog was closed
 */
export async function importModels(
  catalog: Catalog,
  candidates: readonly Candidate[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { signal, verify = true, parallel = availableParallelism() } = options
  const scannedIds = new Set(candidates.map(({ id }) => id))
  const registered = await inParallel(candidates, PARALLEL_COMMITS, async (candidate) => {
    signal?.throwIfAborted()
    return await registerOne(catalog, candidate, { ...options, scannedIds })
  })
  const isRead = (model: Registered): boolean => verify && model.mustRead
  const unread = registered.filter(isRead)
  const totalBytes = unread.reduce((sum, { candidate }) => sum + candidate.sizeBytes, 0)
  const list = new ReadingList({ totalModels: unread.length, totalBytes }, options.onProgress)
  const finish = (result: ImportResult): ImportResult => {
    options.onResult?.(result)
    return result
  }
  for (const model of registered) if (!isRead(model)) finish(toResult(model))
  const read = new Map<Registered, ImportResult>()
  await inParallel(unread, parallel, async (model) => {
    signal?.throwIfAborted()
    const result = await readOne(catalog, model, list, options)
    list.finish(model.id, model.candidate.sizeBytes)
    read.set(model, finish(result))
  })
  const results = registered.map((model) => read.get(model) ?? toResult(model))
  return { results, gone: await findGone(catalog, results, options.stores ?? []) }
}

async function registerOne(
  catalog: Catalog,
  candidate: Candidate,
  options: ImportOptions & { readonly scannedIds: ReadonlySet<string> },
): Promise<Registered> {
  let id = candidate.id
  try {
    const problem = await findWrongGitBlob(candidate, options.signal)
    if (problem !== undefined) return { candidate, id, outcome: 'failed', problem, mustRead: false }
    const step = await findStep(catalog, candidate, options.scannedIds)
    id = step.id
    return await carryOut(catalog, candidate, step, options)
  } catch (error) {
    if (options.signal?.aborted === true || isOfCatalog(error)) throw error
    const reason =
      error instanceof UnusableError
        ? { problem: toScanProblem(error, candidate.layout, candidate.name) }
        : { error }
    return { candidate, id, outcome: 'failed', ...reason, mustRead: false }
  }
}

async function carryOut(
  catalog: Catalog,
  candidate: Candidate,
  step: ImportStep,
  { actor, reason }: ImportOptions,
): Promise<Registered> {
  const attribution = { actor, reason }
  const { id } = step
  const registration = toRegistration(candidate)
  switch (step.kind) {
    case 'add': {
      const entry = await catalog.register({ id, ...registration, ...attribution })
      return { candidate, id, outcome: 'added', entry, mustRead: true }
    }
    case 'update': {
      const { tags, files = null, digest = null, sizeBytes = null, ...rest } = registration
      const update = { ...rest, files, digest, sizeBytes, tags: joinTags(step.entry, tags) }
      const ifRevision = step.entry.revision
      const entry = await catalog.update(id, update, { ...attribution, ifRevision })
      return { candidate, id, outcome: 'updated', entry, mustRead: true }
    }
    case 'known': {
      const tags = joinTags(step.entry, registration.tags)
      const isNew = tags.length > (step.entry.tags ?? []).length
      const entry = isNew ? await catalog.update(id, { tags }, attribution) : step.entry
      return await toKnown(catalog, candidate, entry)
    }
    default: {
      const never: never = step
      return never
    }
  }
}

/** Of a model that is known only what is not in order any more is read again. */
async function toKnown(catalog: Catalog, candidate: Candidate, entry: ModelEntry): Promise<Registered> {
  const { id } = entry
  const { kind } = await catalog.standing(id)
  if (kind === 'wrong' && (await isStillWrong(entry))) {
    return { candidate, id, outcome: 'wrong', entry, mustRead: false }
  }
  const mustRead = kind !== 'in-order' && entry.state !== 'Retired'
  return { candidate, id, outcome: mustRead ? 'verified' : 'known', entry, mustRead }
}

/** The tags of an entry and those of a candidate that it does not have. */
function joinTags({ tags = [] }: ModelEntry, more: readonly string[] = []): readonly string[] {
  return [...tags, ...more.filter((tag) => !tags.includes(tag))]
}

async function readOne(
  catalog: Catalog,
  model: Registered,
  list: ReadingList,
  { signal, actor, reason }: ImportOptions,
): Promise<ImportResult> {
  const { id, candidate } = model
  try {
    const onProgress = ({ doneBytes, totalBytes }: { doneBytes: number; totalBytes: number }): void =>
      list.advance({ id, doneBytes, totalBytes })
    const entry = await catalog.verify(id, { signal, onProgress, actor, reason })
    return { ...toResult(model), entry }
  } catch (error) {
    if (signal?.aborted === true || isOfCatalog(error)) throw error
    const entry = await catalog.get(id)
    const outcome = isWrong(error) ? 'wrong' : 'failed'
    return { candidate, id, outcome, error, ...(entry !== undefined && { entry }) }
  }
}

function toResult({ mustRead: _mustRead, ...result }: Registered): ImportResult {
  return result
}

function isWrong(error: unknown): boolean {
  return (
    isCatalogError(error, 'DIGEST_MISMATCH') ||
    isCatalogError(error, 'SIZE_MISMATCH') ||
    isCatalogError(error, 'NOT_A_MODEL')
  )
}

/** Nothing else can be imported either. */
function isOfCatalog(error: unknown): boolean {
  return (
    isCatalogError(error, 'READ_ONLY') || isCatalogError(error, 'CLOSED') || isCatalogError(error, 'NO_SPACE')
  )
}
