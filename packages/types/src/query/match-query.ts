import type { LifecycleState } from '../entry/lifecycle-state.ts'
import type { ModelEntry } from '../entry/model-entry.ts'
import { sizeOfEntry } from '../entry/size-of-entry.ts'
import { parseTime } from '../entry/time.ts'
import { toSourceKey } from '../reference/model-ref.ts'
import { redactSource } from '../reference/redact-source.ts'
import { compareSortKeys, type ListOrder, parseCursor, type SortKey, sortKeyOf } from './list-order.ts'
import type { CountRange, ListQuery, TimeRange } from './list-query.ts'

/** A field by whose value a store may find entries without reading the others. */
export type IndexedField = 'digest' | 'location' | 'file' | 'source' | 'name'

/** The field and the key to look up in its index. */
export interface IndexKey {
  readonly field: IndexedField
  readonly key: string
}

type EntryTest = (entry: ModelEntry) => boolean

/** Those that leave the fewest entries first. */
const INDEXED_FIELDS: readonly IndexedField[] = ['digest', 'location', 'file', 'source', 'name']
/** So many entries more than are wanted are kept before the last of them are dropped. */
const SLACK = 1024

/**
 * A function that returns whether an entry matches all filters of a checked query. Order, `after` and limit
 * are not filters.
 */
export function createQueryFilter(query: ListQuery): EntryTest {
  const tests = [
    ...INDEXED_FIELDS.map((field) => testField(field, query)),
    testStates(query),
    testTags(query),
    testText(query),
    testRange(query.sizeBytes, sizeOfEntry),
    testFact(query, 'architecture'),
    testFact(query, 'quantisation'),
    testRange(query.parameters, ({ facts }) => facts?.parameters),
    testTime(query.registeredAt, (entry) => entry.registeredAt),
    testTime(query.verifiedAt, (entry) => entry.verifiedAt),
  ].filter((test) => test !== undefined)
  return (entry) => tests.every((test) => test(entry))
}

/** The states that a query selects; undefined for any state. */
export function statesOf({ state }: ListQuery): readonly LifecycleState[] | undefined {
  return typeof state === 'string' ? [state] : state
}

/** Whether a query filters by state only. */
export function asksOnlyForState({ state: _state, order: _order, ...rest }: ListQuery): boolean {
  const { after: _after, limit: _limit, ...filters } = rest
  return Object.values(filters).every((filter) => filter === undefined)
}

/** The index that leaves the fewest candidates; undefined if no index helps. */
export function findIndexKey(query: ListQuery): IndexKey | undefined {
  const field = INDEXED_FIELDS.find((each) => query[each] !== undefined)
  return field && { field, key: toIndexKey(field, query[field] ?? '') }
}

/** The key of a value in an index: values that count as equal have one key. */
export function toIndexKey(field: IndexedField, value: string): string {
  if (field === 'digest') return value.toLowerCase().replace(/^sha256[:-]/u, '')
  return field === 'source' ? toSourceKey(value) : value
}

/**
 * The entries that a checked query selects, in its order.
 *
 * @param entries ordered by id; no more of them are consumed than needed
 */
export function selectEntries(entries: Iterable<ModelEntry>, query: ListQuery): readonly ModelEntry[] {
  const { order = 'id', limit = Number.POSITIVE_INFINITY } = query
  const isMatch = createQueryFilter(query)
  const start = query.after === undefined ? undefined : parseCursor(query.after, order)
  const found: Placed[] = []
  for (const entry of entries) {
    if (!isMatch(entry)) continue
    const key = sortKeyOf(entry, order)
    if (start !== undefined && compareSortKeys(key, start, order) <= 0) continue
    found.push({ key, entry })
    if (order === 'id' && found.length >= limit) break
    if (found.length >= 2 * limit + SLACK) sortAndCut(found, order, limit)
  }
  if (order !== 'id') sortAndCut(found, order, limit)
  return found.map(({ entry }) => entry)
}

interface Placed {
  readonly key: SortKey
  readonly entry: ModelEntry
}

function sortAndCut(found: Placed[], order: ListOrder, limit: number): void {
  found.sort((a, b) => compareSortKeys(a.key, b.key, order))
  found.length = Math.min(found.length, limit)
}

function testField(field: IndexedField, query: ListQuery): EntryTest | undefined {
  const wanted = query[field]
  if (wanted === undefined) return undefined
  const key = toIndexKey(field, wanted)
  return (entry) => {
    const value = entry[field]
    return value !== undefined && value !== null && toIndexKey(field, value) === key
  }
}

function testStates(query: ListQuery): EntryTest | undefined {
  const states = statesOf(query)
  return states && (({ state }) => states.includes(state))
}

function testTags({ tag }: ListQuery): EntryTest | undefined {
  const wanted = typeof tag === 'string' ? [tag] : tag
  return wanted && (({ tags = [] }) => wanted.every((each) => tags.includes(each)))
}

function testText({ text }: ListQuery): EntryTest | undefined {
  const wanted = text?.toLowerCase()
  if (wanted === undefined) return undefined
  return ({ id, name, tags = [], source }) =>
    [id, name, ...tags, redactSource(source)].some((each) => each.toLowerCase().includes(wanted))
}

function testRange(
  range: CountRange | undefined,
  countOf: (entry: ModelEntry) => number | undefined,
): EntryTest | undefined {
  if (range === undefined) return undefined
  const { min = 0, max = Number.POSITIVE_INFINITY } = range
  return (entry) => {
    const count = countOf(entry)
    return count !== undefined && count >= min && count <= max
  }
}

function testFact(query: ListQuery, fact: 'architecture' | 'quantisation'): EntryTest | undefined {
  const wanted = query[fact]?.toLowerCase()
  return wanted === undefined ? undefined : ({ facts }) => facts?.[fact]?.toLowerCase() === wanted
}

function testTime(
  range: TimeRange | undefined,
  timeOf: (entry: ModelEntry) => string | null,
): EntryTest | undefined {
  if (range === undefined) return undefined
  const from = range.from === undefined ? Number.NEGATIVE_INFINITY : parseTime(range.from)
  const to = range.to === undefined ? Number.POSITIVE_INFINITY : parseTime(range.to)
  return (entry) => {
    const text = timeOf(entry)
    const time = text === null ? Number.NaN : parseTime(text)
    return time >= from && time <= to
  }
}
