import { availableParallelism } from 'node:os'
import { assertOptions, createInvalidInput } from '@catalog/types'
import { type Catalog, type DigestProgress, isCatalogError, type WriteOptions } from 'model-catalog'
import type { Candidate } from '../candidate/candidate.ts'
import { LAYOUT_NAMES, type LayoutName } from '../candidate/layout-name.ts'
import { parseLayouts } from '../candidate/parse-layouts.ts'
import { findGone } from './find-gone.ts'
import type { ImportProgress, ImportReport, ImportResult } from './import-report.ts'
import { inParallel } from './in-parallel.ts'
import { ReadingList } from './reading-list.ts'
import { endsImport, type Registered, registerCandidate } from './register-candidate.ts'
import { groupById } from './same-id.ts'

/** How candidates are imported. */
export interface ImportOptions extends Pick<WriteOptions, 'actor' | 'reason'> {
  /** Whether files are read and verified; default true. Without, models are registered and stay Pending. */
  readonly verify?: boolean | undefined
  /** How many models are read at the same time; default: one for each processor. */
  readonly parallel?: number | undefined
  /** The absolute roots of the stores that were scanned, so that models of an emptied one are told as gone. */
  readonly stores?: readonly string[] | undefined
  /** The layouts that were scanned for, as `scan` was told: only their models are told as gone. Default: all. */
  readonly only?: readonly LayoutName[] | undefined
  /** Cancels: the promise rejects with the signal's reason. What was registered by then stays Pending. */
  readonly signal?: AbortSignal | undefined
  /** Called as bytes are read, and once for each model that is done. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Called for each model once it is done, in the order in which they are. */
  readonly onResult?: ((result: ImportResult) => void) | undefined
}

/** Commits that wait for one another share a write to the disk. */
const PARALLEL_COMMITS = 32

/**
 * Registers candidates of a scan where they are, and verifies them. A model that the catalog has as it is stays
 * untouched, unless it has to be read again. Where a name means other bytes than before, the entry is updated,
 * and its history keeps what it meant. A model that fails does not stop the others: the report has its error.
 * Nothing in the stores is written.
 *
 * @throws {CatalogError} INVALID_INPUT if an option is invalid
 * @throws {CatalogError} READ_ONLY if the catalog is open read-only
 * @throws {CatalogError} NO_SPACE if the catalog's own disk is full
 * @throws {CatalogError} CLOSED if the catalog is closed
 */
export async function importModels(
  catalog: Catalog,
  candidates: readonly Candidate[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  assertImportOptions(options)
  const { signal, verify = true, parallel = availableParallelism(), onResult } = options
  const { stores = [] } = options
  const only = parseLayouts('only', options.only) ?? LAYOUT_NAMES
  const registered = await registerAll(catalog, candidates, options)
  const isRead = ({ mustRead }: Registered): boolean => verify && mustRead
  const unread = registered.filter(isRead)
  const done = new Map<Registered, ImportResult>()
  const finish = (model: Registered, result: ImportResult): void => {
    done.set(model, result)
    onResult?.(result)
  }
  for (const model of registered) if (!isRead(model)) finish(model, toResult(model))
  const list = new ReadingList(unread, options.onProgress)
  await inParallel(unread, parallel, async (model) => {
    signal?.throwIfAborted()
    const result = await readOne(catalog, model, list, options)
    list.finish(model)
    finish(model, result)
  })
  const results = registered.map((model) => done.get(model) ?? toResult(model))
  return { results, gone: await findGone(catalog, results, { stores, only }) }
}

/** In the order of the candidates. Those with one id are registered one after the other: each gets its own number. */
async function registerAll(
  catalog: Catalog,
  candidates: readonly Candidate[],
  options: ImportOptions,
): Promise<readonly Registered[]> {
  const scannedIds = new Set(candidates.map(({ id }) => id))
  const registered: Registered[] = []
  await inParallel(groupById(candidates), PARALLEL_COMMITS, async (sameId) => {
    for (const [index, candidate] of sameId.candidates) {
      options.signal?.throwIfAborted()
      registered[index] = await registerCandidate(catalog, candidate, { ...options, sameId, scannedIds })
    }
  })
  return registered
}

function assertImportOptions(options: ImportOptions): void {
  assertOptions<ImportOptions>(options, {
    actor: 'string',
    reason: 'string',
    verify: 'boolean',
    parallel: 'number',
    stores: 'any',
    only: 'any',
    signal: 'signal',
    onProgress: 'function',
    onResult: 'function',
  })
  const { parallel = 1, stores = [] } = options
  if (!Number.isInteger(parallel) || parallel < 1) {
    throw createInvalidInput([{ field: 'parallel', problem: 'must be a positive integer' }])
  }
  if (!Array.isArray(stores) || stores.some((store) => typeof store !== 'string')) {
    throw createInvalidInput([{ field: 'stores', problem: 'must be a list of directories' }])
  }
}

async function readOne(
  catalog: Catalog,
  model: Registered,
  list: ReadingList,
  { signal, actor, reason }: ImportOptions,
): Promise<ImportResult> {
  const { id, candidate } = model
  try {
    const onProgress = (progress: DigestProgress): void => list.advance({ id, ...progress })
    const entry = await catalog.verify(id, { signal, onProgress, actor, reason })
    return { ...toResult(model), entry }
  } catch (error) {
    if (signal?.aborted === true || endsImport(error)) throw error
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
