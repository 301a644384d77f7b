import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { addModelId } from '../entry/errors.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import type { Reading } from '../entry/reading.ts'
import { readEntry } from '../entry/update-entry.ts'
import { assertPathsFree } from '../ownership/exclusive-update.ts'
import { judge } from '../verify/judge.ts'
import { observeVerification } from '../verify/observe-verification.ts'
import { createSuperseded } from '../verify/still-current.ts'
import type { Verified } from '../verify/verified.ts'
import { acceptDownload } from './accept-download.ts'
import { attributionOf, type HolderRequest, renewDownload } from './download-holder.ts'
import { splitProgress } from './download-progress.ts'
import { findDownloaded, inspectDownload, readDownload } from './download-reading.ts'
import {
  afterMove,
  assertStillFinishing,
  atPlaces,
  type FinishedDownload,
  holderOf,
  isPartial,
  withCompleted,
} from './finished-download.ts'
import { type Move, placeFiles } from './place-files.ts'
import { refuseDownload } from './refuse-download.ts'

export interface FinishRequest extends HolderRequest, VerifyOptions {}

/** How a finish is watched. */
type Watch = Pick<VerifyOptions, 'signal' | 'onProgress'>

/**
 * Takes what was downloaded for the model's files if every one has the right bytes. Evidence is only of what was read
 * under its final name, because a file that gets another name looks as if it had been changed: so files are moved before
 * they are read, and wrong ones are quarantined from there. Resolves with the verdict once it is durable.
 */
export async function finishDownload(context: CatalogContext, request: FinishRequest): Promise<Verified> {
  const { id, holder, forMs, signal, onProgress } = request
  signal?.throwIfAborted()
  const by = { id, holder, forMs, ...attributionOf(request) }
  const entry = await renewDownload(context, by)
  await assertPathsFree(context, entry)
  try {
    const observed = { id, ...attributionOf(request), operation: 'finish-download', signal }
    return await observeVerification(context, observed, async (attempt) => {
      const finished = { ...by, attempt, ...(await findDownloaded(context, entry)) }
      return await finish(context, finished, { signal, onProgress })
    })
  } catch (error) {
    throw addModelId(id, error)
  }
}

async function finish(context: CatalogContext, finished: FinishedDownload, watch: Watch): Promise<Verified> {
  const { signal, onProgress } = watch
  const isTaken = await isAnyPlaceTaken(context, finished)
  const { first, second } = isTaken ? splitProgress(onProgress) : { first: undefined, second: onProgress }
  const unread = await inspectDownload(context, { ...finished, signal })
  // Stryker disable next-line ConditionalExpression: saves the reading of files that have a wrong size.
  const isRead = isTaken && judge(finished.target.entry, unread).outcome === 'match'
  // What stands at a name leaves it only for a file that is known to be right.
  const found = isRead ? await readDownload(context, { ...finished, signal, onProgress: first }) : unread
  finished.attempt.onReading(found)
  signal?.throwIfAborted()
  const isToPlace = finished.target.files.some(isPartial)
  // Stryker disable next-line ConditionalExpression: files that have their names are judged there as here.
  if (!isToPlace && judge(finished.target.entry, found).outcome === 'match') {
    // Stryker disable next-line ArrayDeclaration: what has no `isAside` is not restored.
    return await judgePlaced(context, finished, { ...watch, moves: [] })
  }
  const now = await keepFor(context, finished, found, isToPlace && finished.move === undefined)
  // Before, because what stands at their names by now may be the right files of what the entry means by now.
  const current = isRead ? finished : withCompleted(finished, now)
  await assertStillFinishing(context, current, now, found)
  const verdict = judge(now, found)
  if (verdict.outcome !== 'match') return await refuseDownload(context, current, verdict)
  const moves = await placeFiles(context, current, isRead)
  if (moves === undefined) {
    // Something came to stand at one of the names: it may be the right file, and else takes a right one to give way.
    return await finish(context, { ...current, ...(await findDownloaded(context, now)) }, watch)
  }
  return await judgePlaced(context, atPlaces(current), { ...watch, onProgress: second, moves })
}

/** Reads all files where they are to stay, by their names or in the directory that is moved, and records the verdict. */
async function judgePlaced(
  context: CatalogContext,
  finished: FinishedDownload,
  watch: Watch & { readonly moves: readonly Move[] },
): Promise<Verified> {
  const { signal, onProgress, moves } = watch
  const reading = await readDownload(context, { ...finished, signal, onProgress })
  finished.attempt.onReading(reading)
  signal?.throwIfAborted()
  const entry = await readEntry(context, finished.id)
  if (judge(entry, reading).outcome === 'match') return await accept(context, finished, reading, watch)
  const now = await keepFor(context, finished, reading)
  await assertStillFinishing(context, finished, now, reading)
  const verdict = judge(now, reading)
  return verdict.outcome === 'match'
    ? await accept(context, finished, reading, watch)
    : await refuseDownload(context, finished, verdict, moves)
}

/**
 * Accepts what was read. Files that were collected beside their directory get their names first, with that, which changes none of
 * them; and singly, to be read once more there, if something has come to that name or the directory cannot be moved.
 */
async function accept(
  context: CatalogContext,
  finished: FinishedDownload,
  reading: Reading,
  watch: Watch,
): Promise<Verified> {
  const { move, target } = finished
  if (move === undefined) return await acceptDownload(context, finished, reading)
  const now = await keepFor(context, finished, reading, true)
  await assertStillFinishing(context, finished, now, reading)
  // Stryker disable next-line ConditionalExpression: asked twice: what is as it was, or as it was read, matches.
  if (judge(now, reading).outcome !== 'match') throw createSuperseded(target, now)
  // What an earlier manifest left there is not a file of the model: then the others get their names without it.
  // Stryker disable next-line ArrayDeclaration: only the types need this: what is moved with its directory is a set.
  const paths = (now.files ?? []).map(({ path }) => path)
  if (await context.files.moveDirectory(move.from, move.to, paths)) {
    return await acceptDownload(context, finished, afterMove(finished, reading))
  }
  const singly = await findDownloaded(context, now, { singly: true })
  return await finish(context, { ...finished, ...singly }, watch)
}

/**
 * Renews the download, because from here on files are moved: for as long as that may take no other holder has them.
 * With `isToPlace`, records that they may stand unread at their names, unless what was found of them speaks against it.
 */
async function keepFor(
  context: CatalogContext,
  finished: FinishedDownload,
  found: Reading,
  // Stryker disable next-line BooleanLiteral: what has its names already has nothing that could be placed.
  isToPlace = false,
): Promise<ModelEntry> {
  const isPlacing = (now: ModelEntry): boolean => isToPlace && judge(now, found).outcome === 'match'
  const now = await renewDownload(context, { ...holderOf(finished), isPlacing })
  await assertPathsFree(context, now)
  return now
}

/** Whether something stands where a file that is still to be moved belongs. */
async function isAnyPlaceTaken(context: CatalogContext, { target }: FinishedDownload): Promise<boolean> {
  for (const { place } of target.files.filter(isPartial)) {
    if ((await context.files.lookAt(place)) !== undefined) return true
  }
  return false
}
