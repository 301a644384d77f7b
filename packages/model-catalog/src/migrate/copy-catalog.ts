import { CatalogError, type CopiedRecord, createInvalidInput, isCatalogError } from '@catalog/types'
import { describeDifference, findDifference } from './compare-catalogs.ts'
import { findBeginning } from './find-beginning.ts'
import { findStart, type Start } from './find-start.ts'
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
    const problem = `in ${migration.place}, its history was pruned while it was copied: migrate again`
    throw createInvalidInput([{ field: 'from', problem }])
  }
}

async function copyAll(migration: Migration): Promise<CopyResult> {
  const { source, place, copy, dryRun } = migration
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
  const position = await copyRounds(migration, start)
  const isComplete = await finish(migration, from, position)
  return { copied: position - start.position, position, isComplete }
}

function isPruned(error: unknown): boolean {
  return (
    isCatalogError(error, 'INVALID_INPUT') && error.details.problems.some(({ field }) => field === 'since')
  )
}

/** Copies until the source has nothing more; the position that was reached. */
async function copyRounds(migration: Migration, start: Start): Promise<number> {
  const { source, copy, signal } = migration
  let { position } = start
  if (start.isNew) {
    const settings = await source.settings()
    await copy.begin(await findBeginning(source, { position, settings, signal }))
  }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const settings = await source.settings()
    const until = await source.refresh()
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

/** Lets stores open the copy if it is equal, and the source has not gone on: then it returns true. */
async function finish(migration: Migration, from: number, position: number): Promise<boolean> {
  const { source, copy } = migration
  const isAtEnd = async (): Promise<boolean> => (await source.refresh()) === position
  const [settings, totals] = [await source.settings(), await source.totals()]
  // Else they may be those of a later position.
  if (!(await isAtEnd())) return false
  await copy.complete(settings, totals)
  const problem = await compare(migration, from, position)
  if (!(await isAtEnd())) return false
  if (problem !== undefined) {
    const path = copy.place
    throw new CatalogError('DAMAGED', `the copy in ${path} is not equal: ${problem}`, { path, problem })
  }
  await copy.finish()
  return await isAtEnd()
}

/** What is not equal, in words. Counts only if the source is still at the position afterwards. */
async function compare(migration: Migration, since: number, until: number): Promise<string | undefined> {
  const { source, copy } = migration
  const target = await copy.read()
  const tell = report('compare', migration, until)
  const difference = await findDifference(source, target, { ...migration, since, until }, tell)
  if (difference !== undefined) return `position ${difference} of the history is not the same`
  return await describeDifference(source, target)
}
