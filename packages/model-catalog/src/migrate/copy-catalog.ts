import {
  type CatalogCopy,
  CatalogError,
  type CatalogReader,
  type CopiedRecord,
  createInvalidInput,
  isCatalogError,
  type StoredSettings,
} from '@catalog/types'
import { describeDifference, findDifference } from './compare-catalogs.ts'
import { findBeginning } from './find-beginning.ts'
import { findStart } from './find-start.ts'
import { type Migration, report, verifyKept } from './migration.ts'
import { readRecords } from './read-records.ts'

export interface CopyResult {
  /** How many positions were copied, or would be. */
  readonly copied: number
  /** The last position of the copy. */
  readonly position: number
  readonly isComplete: boolean
}

/** A source that goes on is followed so often, then the rest is for another run. */
const MOST_ROUNDS = 20
/** So often it may have gone on while it was compared. */
const MOST_COMPARISONS = 5
/** What is written at once. */
const MOST_CHANGES = 200
const MOST_RECORDS = 200

/**
 * Makes the copy equal to the source: writes what is missing behind what is there, which must be the same, and compares all of both
 * before stores may open the copy.
 */
export async function copyCatalog(migration: Migration): Promise<CopyResult> {
  try {
    return await copyAll(migration)
  } catch (error) {
    // No position was asked for but those that were there a moment ago.
    if (!isPruned(error)) throw error
    const { place, copy } = migration
    const problem = `the history of ${place} or of ${copy.place} was pruned meanwhile: migrate again`
    throw createInvalidInput([{ field: 'from', problem }])
  }
}

async function copyAll(migration: Migration): Promise<CopyResult> {
  const { source, place, copy, dryRun, signal } = migration
  report('check', migration, await source.refresh())(0)
  const { from } = await verifyKept(source, place)
  const start = await findStart(migration, from)
  const head = await source.refresh()
  if (dryRun) return { copied: Math.max(0, head - start.position), position: head, isComplete: true }
  // Also if the copy is in use and has gone on.
  if (copy.state === 'finished' && start.position >= head) {
    // An earlier run may have ended in its last step.
    await copy.finish()
    return { copied: 0, position: start.position, isComplete: true }
  }
  if (start.isNew) {
    const { position } = start
    const settings = await source.settings()
    await copy.begin(await findBeginning(source, { position, settings, signal }))
  }
  let { position } = start
  let comparison: Comparison = { compared: start.since, isComplete: false }
  for (let attempt = 0; attempt < MOST_COMPARISONS && !comparison.isComplete; attempt += 1) {
    position = await copyRounds(migration, position)
    comparison = await finish(migration, comparison.compared, position)
  }
  const { isComplete } = comparison
  // The source went on as the copy was opened: what is written now closes it to programs again.
  if (!isComplete && copy.state === 'finished') position = await copyRounds(migration, position)
  return { copied: position - start.position, position, isComplete }
}

function isPruned(error: unknown): boolean {
  return (
    isCatalogError(error, 'INVALID_INPUT') && error.details.problems.some(({ field }) => field === 'since')
  )
}

/** Copies until the source has nothing more; the position that was reached. */
async function copyRounds(migration: Migration, start: number): Promise<number> {
  const { source, copy, signal } = migration
  let position = start
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    // In this order: settings that are older than a position of theirs would be missing where a copy puts them at that position.
    const until = await source.refresh()
    const settings = await source.settings()
    const tell = report('copy', migration, until)
    for await (const records of toBatches(readRecords(source, { since: position, until, signal }))) {
      signal?.throwIfAborted()
      await copy.append(records, settings)
      position = records.at(-1)?.position ?? position
      tell(position)
    }
    const isQuiet = (await source.refresh()) === position
    if (isQuiet && (await source.settings()).revision === settings.revision) break
  }
  return position
}

async function* toBatches(
  records: AsyncIterable<CopiedRecord>,
): AsyncGenerator<readonly CopiedRecord[], void, undefined> {
  let batch: CopiedRecord[] = []
  let changes = 0
  for await (const record of records) {
    batch.push(record)
    changes += record.changes.length
    if (changes < MOST_CHANGES && batch.length < MOST_RECORDS) continue
    yield batch
    batch = []
    changes = 0
  }
  if (batch.length > 0) yield batch
}

interface Comparison {
  /** Up to there the histories were compared. */
  readonly compared: number
  /** Whether stores open the copy, and the source has not gone on. */
  readonly isComplete: boolean
}

/**
 * Lets stores open the copy if it is equal, and the source has not gone on.
 *
 * @param from up to there the histories were compared already
 */
async function finish(migration: Migration, from: number, position: number): Promise<Comparison> {
  const { source, copy } = migration
  const isAtEnd = async (): Promise<boolean> => (await source.refresh()) === position
  const [settings, totals] = [await source.settings(), await source.totals()]
  // Else they may be those of a later position.
  if (!(await isAtEnd())) return { compared: from, isComplete: false }
  await copy.complete(settings, totals)
  const target = await copy.read()
  const span = { ...migration, since: from, until: position }
  const difference = await findDifference(source, target, span, report('compare', migration, position))
  if (difference !== undefined)
    throw createUnequal(copy, `position ${difference} of the history is not the same`)
  const problem = await describeDifference(source, target)
  // What is there now may be that of a later position.
  if (!(await isAtEnd())) return { compared: position, isComplete: false }
  if (problem !== undefined) {
    // CATALOG_REPLACED if another program has changed it since.
    await copy.complete(settings, totals)
    throw createUnequal(copy, problem)
  }
  await copy.finish()
  const isComplete = (await isAtEnd()) || (await hasOnlyMarks(source, settings, position))
  return { compared: position, isComplete }
}

/** Whether what came after a position changes nothing: a store puts on record that it was quiet. */
async function hasOnlyMarks(
  source: CatalogReader,
  { revision }: StoredSettings,
  position: number,
): Promise<boolean> {
  return (await source.changes(position)).length === 0 && (await source.settings()).revision === revision
}

function createUnequal({ place: path }: CatalogCopy, problem: string): Error {
  return new CatalogError('DAMAGED', `the copy in ${path} is not equal: ${problem}`, { path, problem })
}
