import { createHash } from 'node:crypto'
import type { HistoryReport, VerifiedHistory } from '@catalog/types'
import { isCatalogError } from '@catalog/types'
import type { Row } from '../connection/database.ts'
import type { CatalogReading } from '../query/catalog-reading.ts'
import { ExpectedEntries, ROW_COLUMNS } from './expected-entries.ts'
import { readPage, type StoredRecord, toChanges } from './history-page.ts'
import { countSegments, segmentOf } from './segments.ts'

const PAGE_LENGTH = 500

/** What the chain begins with: the digest of nothing. */
const FIRST_CHAIN: string = createHash('sha256').digest('hex')

interface Beginning {
  readonly keptAfter: number
  readonly chain: string
}

/** How many entries are compared at once. */
const ENTRIES_LENGTH = 500

/**
 * Reads all of the history that is kept, and compares the chain of digests, the revisions of each model, the end
 * with what `head` says, and the entries with what was committed last. A pruning meanwhile begins it anew.
 */
export async function verifyHistory(reading: CatalogReading, segmentLength: number): Promise<HistoryReport> {
  for (;;) {
    const beginning = await readBeginning(reading)
    const report = await verifyFrom(reading, beginning, segmentLength)
    if (report !== undefined) return report
  }
}

async function verifyFrom(
  reading: CatalogReading,
  { keptAfter, chain: firstChain }: Beginning,
  segmentLength: number,
): Promise<HistoryReport | undefined> {
  const expected = new ExpectedEntries(keptAfter === 0)
  const reader = new ChainReader(keptAfter, firstChain, reading.place, (record) => expected.add(record))
  const verified = (): VerifiedHistory => ({
    segments: countSegments(keptAfter, reader.position, segmentLength),
    ...{ records: reader.position - keptAfter, from: keptAfter, to: reader.position },
  })
  const fail = (problem: string): HistoryReport => {
    const record = reader.position + 1
    const path = `${reading.place}/history`
    const segment = segmentOf(keptAfter, record, segmentLength)
    return { ...verified(), ok: false, segment, path, record, problem }
  }
  if (keptAfter === 0 && firstChain !== FIRST_CHAIN) return fail('the chain does not begin where it has to')
  try {
    await advance(reading, reader, keptAfter)
    if (!(await endsAsItShould(reading, reader)))
      return fail('the chain does not end as the head of the catalog says')
    const problem = await findEntryProblem(reading, expected, (position) =>
      advance(reading, reader, keptAfter, position),
    )
    if (problem === undefined) return { ...verified(), ok: true }
    const segment = countSegments(keptAfter, reader.position, segmentLength)
    return { ...verified(), ok: false, segment, path: `${reading.place}/entries`, problem }
  } catch (error) {
    if (error instanceof PrunedMeanwhile) return undefined
    if (error instanceof RecordProblem) return fail(error.message)
    throw error
  }
}

/** The history does not begin any more where it did. */
class PrunedMeanwhile extends Error {}
/** What is wrong with the next record. */
class RecordProblem extends Error {}

/** Reads on to a position; by default to the end. */
async function advance(
  reading: CatalogReading,
  reader: ChainReader,
  keptAfter: number,
  until: number = Number.POSITIVE_INFINITY,
): Promise<void> {
  while (reader.position < until) {
    const page = await readPage(reading, { since: reader.position, limit: PAGE_LENGTH })
    if (page.keptAfter !== keptAfter) throw new PrunedMeanwhile()
    const records = page.records.filter(({ position }) => position <= until)
    for (const record of records) {
      const problem = reader.add(record)
      if (problem !== undefined) throw new RecordProblem(problem)
    }
    if (page.records.length === PAGE_LENGTH) continue
    if (reader.position < Math.min(page.head, until)) throw new RecordProblem('it is missing')
    return
  }
}

/**
 * The first entry that is not what the history says. The rows of a page are those of the position that comes with them; the history is
 * read on to it before they are compared.
 */
async function findEntryProblem(
  reading: CatalogReading,
  expected: ExpectedEntries,
  advanceTo: (position: number) => Promise<void>,
): Promise<string | undefined> {
  for (let after = ''; ; ) {
    const rows = await readEntries(reading, 'folded > $1 ORDER BY folded LIMIT $2', [after, ENTRIES_LENGTH])
    await advanceTo(rows.position)
    const problem = findFirst(rows.entries, (row) => expected.findProblem(row))
    if (problem !== undefined) return problem
    if (rows.entries.length < ENTRIES_LENGTH) break
    after = rows.entries.at(-1)?.['folded'] ?? ''
  }
  // Missing, or registered before the place that had been reached.
  const unseen = expected.listUnseen()
  for (let first = 0; first < unseen.length; first += ENTRIES_LENGTH) {
    const wanted = unseen.slice(first, first + ENTRIES_LENGTH)
    const rows = await readEntries(reading, 'folded = ANY ($1) ORDER BY folded', [wanted])
    await advanceTo(rows.position)
    const found = new Map(rows.entries.map((row) => [row['folded'], row]))
    const problem = findFirst(wanted, (folded) => {
      const row = found.get(folded)
      return row === undefined ? expected.describeMissing(folded) : expected.findProblem(row)
    })
    if (problem !== undefined) return problem
  }
  return undefined
}

function findFirst<T>(
  values: readonly T[],
  findProblem: (value: T) => string | undefined,
): string | undefined {
  for (const value of values) {
    const problem = findProblem(value)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Rows of the entries, and the position at which they are. */
async function readEntries(
  reading: CatalogReading,
  which: string,
  values: readonly unknown[],
): Promise<{ readonly position: number; readonly entries: readonly Row[] }> {
  const { schema, same } = reading
  const rows = await reading.read({
    operation: 'read the entries',
    text: `SELECT head.position::text AS position, ${same}, e.* FROM ${schema}.head AS head LEFT JOIN LATERAL (
      SELECT ${ROW_COLUMNS} FROM ${schema}.entries WHERE ${which}
    ) AS e ON true ORDER BY e.folded`,
    values,
  })
  const entries = rows.filter((row) => row['folded'] !== null)
  return { position: Number(rows[0]?.['position']), entries }
}

/** Follows the chain from record to record. */
class ChainReader {
  position: number
  chain: string
  readonly #place: string
  readonly #onRecord: (record: StoredRecord) => void
  readonly #revisions: Map<string, number> = new Map()

  constructor(position: number, chain: string, place: string, onRecord: (record: StoredRecord) => void) {
    this.position = position
    this.chain = chain
    this.#place = place
    this.#onRecord = onRecord
  }

  /** What is wrong with the next record; undefined if it is as it was written. */
  add(stored: StoredRecord): string | undefined {
    if (stored.position !== this.position + 1) return 'it is missing'
    const chain = createHash('sha256')
      .update(Buffer.from(this.chain, 'hex'))
      .update(`${stored.record}\n${stored.outcome}`)
      .digest('hex')
    if (chain !== stored.chain) return 'it is not what was written: its digest is another one'
    const problem = this.#findProblem(stored)
    if (problem !== undefined) return problem
    this.position = stored.position
    this.chain = chain
    this.#onRecord(stored)
    return undefined
  }

  #findProblem(stored: StoredRecord): string | undefined {
    try {
      for (const { id, revision, isUnchanged } of toChanges(stored, this.#place)) {
        const folded = id.toLowerCase()
        const before = this.#revisions.get(folded)
        const expected = isUnchanged === true ? before : before && before + 1
        if (before !== undefined && expected !== revision)
          return `revision ${revision} of ${id} follows ${before}`
        this.#revisions.set(folded, revision)
      }
      return undefined
    } catch (error) {
      if (isCatalogError(error, 'DAMAGED')) return error.details.problem
      throw error
    }
  }
}

async function readBeginning(reading: CatalogReading): Promise<Beginning> {
  const { schema, same } = reading
  const [row = {}] = await reading.read({
    operation: 'read the history',
    text: `SELECT kept_after::text AS kept_after, encode(kept_chain, 'hex') AS chain, ${same} FROM ${schema}.head`,
  })
  return { keptAfter: Number(row['kept_after']), chain: row['chain'] ?? '' }
}

/** Whether the head has this chain, or has gone on since. */
async function endsAsItShould(reading: CatalogReading, { position, chain }: ChainReader): Promise<boolean> {
  const { schema, same } = reading
  const [row = {}] = await reading.read({
    operation: 'read the history',
    text: `SELECT (position > $1 OR (position = $1 AND chain = decode($2, 'hex')))::text AS is_right, ${same} FROM ${schema}.head`,
    values: [position, chain],
  })
  return row['is_right'] === 'true'
}
