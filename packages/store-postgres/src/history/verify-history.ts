import { createHash } from 'node:crypto'
import type { HistoryReport, VerifiedHistory } from '@catalog/types'
import { isCatalogError } from '@catalog/types'
import type { CatalogReading } from '../query/catalog-reading.ts'
import { readPage, type StoredRecord, toChanges } from './history-page.ts'
import { countSegments, segmentOf } from './segments.ts'

const PAGE_LENGTH = 500

/** What the chain begins with: the digest of nothing. */
const FIRST_CHAIN: string = createHash('sha256').digest('hex')

interface Beginning {
  readonly keptAfter: number
  readonly chain: string
}

/**
 * Reads all of the history that is kept, and compares the chain of digests, the revisions of each model, and the end
 * with what `head` says. A pruning meanwhile begins it anew.
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
  const reader = new ChainReader(keptAfter, firstChain, reading.place)
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
  for (;;) {
    const since = reader.position
    const page = await readPage(reading, { since, limit: PAGE_LENGTH })
    if (page.keptAfter !== keptAfter) return undefined
    for (const record of page.records) {
      const problem = reader.add(record)
      if (problem !== undefined) return fail(problem)
    }
    if (page.records.length === PAGE_LENGTH) continue
    if (reader.position < page.head) return fail('it is missing')
    return (await endsAsItShould(reading, reader))
      ? { ...verified(), ok: true }
      : fail('the chain does not end as the head of the catalog says')
  }
}

/** Follows the chain from record to record. */
class ChainReader {
  position: number
  chain: string
  readonly #place: string
  readonly #revisions: Map<string, number> = new Map()

  constructor(position: number, chain: string, place: string) {
    this.position = position
    this.chain = chain
    this.#place = place
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
