/** Room `history`: past changes: read, checked, pruned. */

import { createHash } from 'node:crypto'
import { decodeEntry } from '@catalog/types/adapter'
import { type EntryColumns, toEntryColumns } from '../commit/entry-columns.ts'
import type { Row } from '../connection/database.ts'
import { commitsOf, type StoredRecord } from './history-page.ts'

/** What the history says of a model. */
interface Expected {
  readonly id: string
  readonly revision: string
  /** Of the text of the entry; null if it was removed. */
  readonly digest: string | null
  isSeen: boolean
}

/** How each column of `entries` is read to be compared. */
const COLUMNS: Readonly<Record<keyof EntryColumns, string>> = {
  state: 'state',
  name: 'name',
  name_order: "encode(name_order, 'hex')",
  digest: 'digest',
  source_key: "encode(source_key, 'hex')",
  file_key: "encode(file_key, 'hex')",
  location_key: "encode(location_key, 'hex')",
  architecture_key: "encode(architecture_key, 'hex')",
  quantisation_key: "encode(quantisation_key, 'hex')",
  parameters: 'parameters::text',
  size: 'size::text',
  registered: 'registered::text',
  verified: 'verified::text',
  tags: 'array_to_json(tags)::text',
  search: 'search',
}
const NAMES = Object.keys(COLUMNS) as (keyof EntryColumns)[]

/** The columns of a row that {@link ExpectedEntries.findProblem} takes. */
export const ROW_COLUMNS: string = [
  'folded, id, revision::text AS revision, entry',
  ...NAMES.map((name) => `${COLUMNS[name]} AS ${name}`),
].join(', ')

/** What the table of entries has to have at the position up to which the history was read. */
export class ExpectedEntries {
  readonly #models: Map<string, Expected> = new Map()
  /** Whether the history is kept from its beginning: then it has every model. */
  readonly #isWhole: boolean

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  add(record: StoredRecord): void {
    for (const { wire, outcome } of commitsOf(record)) {
      const revisions = outcome.split('\n', 1)[0]?.split(',') ?? []
      for (const [index, { id, entry }] of (wire.changes ?? []).entries()) {
        const digest = entry === null ? null : digestOf(JSON.stringify(entry))
        this.#models.set(foldText(id), { id, revision: revisions[index] ?? '', digest, isSeen: false })
      }
    }
  }

  /** What is wrong with a row; undefined if it is as the history says. */
  findProblem(row: Row): string | undefined {
    const { folded, id, revision, entry = null } = row
    const expected = this.#models.get(folded ?? '')
    if (expected === undefined) return this.#isWhole ? `${id} is there, and was never registered` : undefined
    expected.isSeen = true
    if (id !== expected.id) return `${expected.id} is there as ${id}`
    if (revision !== expected.revision) return `${id} is at revision ${revision}, not ${expected.revision}`
    if ((entry === null ? null : digestOf(entry)) !== expected.digest)
      return `the entry of ${id} is not what was committed at revision ${revision}`
    const column = findWrongColumn(row)
    return column && `the ${column} of ${id} is not that of its entry`
  }

  /** The folded ids of the models that no row was seen of. */
  listUnseen(): readonly string[] {
    return [...this.#models].flatMap(([folded, { isSeen }]) => (isSeen ? [] : [folded]))
  }

  /** What is wrong if there is no row. */
  describeMissing(folded: string): string {
    return `${this.#models.get(folded)?.id} is missing`
  }
}

function findWrongColumn(row: Row): string | undefined {
  const { entry = null, revision } = row
  if (entry === null) return NAMES.find((name) => (row[name] ?? null) !== null)
  const expected = toEntryColumns(decodeEntry(JSON.parse(entry), Number(revision)))
  return NAMES.find((name) => !isEqual(row[name] ?? null, expected[name]))
}

function isEqual(found: string | null, expected: EntryColumns[keyof EntryColumns]): boolean {
  if (found === null || expected === null) return found === expected
  if (typeof expected === 'number') return Number(found) === expected
  return typeof expected === 'string' ? found === expected : found === JSON.stringify(expected)
}

function foldText(id: string): string {
  return id.toLowerCase()
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}
