import {
  type CatalogCopy,
  CatalogError,
  type CatalogReader,
  type CopiedRecord,
  createInvalidInput,
} from '@catalog/types'
import { describeDifference, findDifference } from './compare-catalogs.ts'
import { findBeginning } from './find-beginning.ts'
import { readRecords } from './read-records.ts'

/** What a migration is at. */
export interface MigrateProgress {
  /** `check`: what is there already is compared; `copy`: positions are written; `compare`: both are compared. */
  readonly step: 'check' | 'copy' | 'compare'
  /** The position that was reached. */
  readonly position: number
  /** The last position, as far as it is known. */
  readonly until: number
}

export interface CopyOptions {
  readonly source: CatalogReader
  /** Where the source is, for people. */
  readonly place: string
  readonly copy: CatalogCopy
  readonly dryRun: boolean
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: MigrateProgress) => void) | undefined
}

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
const MOST_RECORDS = 500

/**
 * Makes the copy equal to the source: writes what is missing behind what is there, which must be the same, and compares all of both at
 * the end.
 */
export async function copyCatalog(options: CopyOptions): Promise<CopyResult> {
  const { source, copy, dryRun } = options
  const from = await findFirst(options)
  const start = copy.state === 'empty' ? from : await assertSameSoFar(options, from)
  const head = await source.refresh()
  if (dryRun) return { copied: Math.max(0, head - start), position: head, isComplete: true }
  if (copy.state === 'finished' && (await isUpToDate(options, start, head))) {
    return { copied: 0, position: start, isComplete: true }
  }
  const position = await copyRounds(options, from, start)
  const totals = await source.totals()
  await copy.finish(await source.settings(), totals)
  await assertEqual(options, from, position)
  const isComplete = (await source.refresh()) === position
  return { copied: position - start, position, isComplete }
}

/** The position before the kept history of the source, all of which must be right. */
async function findFirst({ source, place }: CopyOptions): Promise<number> {
  const report = await source.verifyHistory()
  if (report.ok) return report.from
  const { path, problem } = report
  throw new CatalogError('DAMAGED', `the history of ${place} is damaged: ${problem}`, { path, problem })
}

/** The position of the copy. INVALID_INPUT if it is a copy of something else. */
async function assertSameSoFar(options: CopyOptions, from: number): Promise<number> {
  const { source, copy } = options
  const target = await copy.read()
  const [position, head] = [await target.refresh(), await source.refresh()]
  const kept = await target.verifyHistory()
  const since = Math.max(from, kept.from)
  const until = Math.min(position, head)
  // Of a history that does not reach to what is there, nothing can be compared.
  if (since > until) throw createForeign(copy, 'whose history has nothing in common with it')
  const difference = await findDifference(
    source,
    target,
    { ...options, since, until },
    report('check', options, until),
  )
  if (difference !== undefined) throw createForeign(copy, `which is another from position ${difference} on`)
  // In an empty history every catalog is the same.
  if (since === until && (await describeDifference(source, target)) !== undefined)
    throw createForeign(copy, 'which is another')
  return position
}

function createForeign({ place }: CatalogCopy, what: string): Error {
  const problem = `has a catalog in ${place} already, ${what}: copy to an empty place`
  return createInvalidInput([{ field: 'to', problem }])
}

/** Also if the copy is in use and has gone on. */
async function isUpToDate({ source, copy }: CopyOptions, position: number, head: number): Promise<boolean> {
  if (position > head) return true
  const target = await copy.read()
  return position === head && (await describeDifference(source, target)) === undefined
}

/** Copies until the source has nothing more; the position that was reached. */
async function copyRounds(options: CopyOptions, from: number, start: number): Promise<number> {
  const { source, copy, signal } = options
  let position = start
  if (copy.state === 'empty') {
    const settings = await source.settings()
    await copy.begin(await findBeginning(source, { position: from, settings, signal }))
  }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const settings = await source.settings()
    const until = await source.refresh()
    const tell = report('copy', options, until)
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

/** DAMAGED if the copy is not what was copied. */
async function assertEqual(options: CopyOptions, since: number, until: number): Promise<void> {
  const { source, copy } = options
  const target = await copy.read()
  const difference = await findDifference(
    source,
    target,
    { ...options, since, until },
    report('compare', options, until),
  )
  const isSameMoment = (await source.refresh()) === until
  const problem =
    difference !== undefined
      ? `position ${difference} of the history is not the same`
      : isSameMoment
        ? await describeDifference(source, target)
        : undefined
  // The source may have gone on while it was compared.
  if (problem === undefined || (difference === undefined && (await source.refresh()) !== until)) return
  const path = copy.place
  throw new CatalogError('DAMAGED', `the copy in ${path} is not equal: ${problem}`, { path, problem })
}

function report(
  step: MigrateProgress['step'],
  { onProgress }: CopyOptions,
  until: number,
): (position: number) => void {
  return (position) => onProgress?.({ step, position, until })
}
