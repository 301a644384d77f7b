import { LIFECYCLE_STATES, type ListOrder, type ListQuery, type TimeRange } from '@catalog/types'
import { parseCursor, statesOf, toIndexKey } from '@catalog/types/adapter'
import { SEARCH_SEPARATOR, toFactKey, toKey, toNameOrder } from '../commit/entry-columns.ts'
import type { QuotedSchema } from '../schema/schema-name.ts'

/** What PostgreSQL is asked for a query. */
export interface ListStatement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Whether one plan is good for all values, so that a connection may keep it: the pages that are turned over. */
  readonly hasOnePlan: boolean
}

/** The column of each order, and how its values are passed. */
const SORT_COLUMNS: Readonly<Record<string, { readonly column: string; readonly canBeNull: boolean }>> = {
  name: { column: 'name_order', canBeNull: false },
  size: { column: 'size', canBeNull: true },
  registeredAt: { column: 'registered', canBeNull: false },
  verifiedAt: { column: 'verified', canBeNull: true },
}

/** States and limits are written into the statement, as one without parameters takes fewer messages. */
const STATES: ReadonlySet<string> = new Set(LIFECYCLE_STATES)

/** The fields of a query that read an index from some place on. */
const PAGE_FIELDS: ReadonlySet<string> = new Set(['state', 'order', 'after', 'limit'])

/** No character of an id is as high. */
const LAST_ASCII = 0x7f

/**
 * Whether SQL can say all of the query. Half of a surrogate pair is a text that JavaScript finds in another, and no text
 * of PostgreSQL.
 */
export function isExact({ text }: ListQuery): boolean {
  return text === undefined || text.isWellFormed()
}

/** The column of an entry: its revision, a space and the text of it. One column is read faster than two. */
export const ENTRY = "revision || ' ' || entry AS text"

/** A statement for the entries that match, in order. If the query is not exact, it finds more, and all of them. */
export function toListStatement(schema: QuotedSchema, query: ListQuery): ListStatement {
  const parameters = new Parameters()
  const filters = toConditions(query, parameters)
  const toSelect = ({ conditions, order }: Part): string =>
    `SELECT ${ENTRY} FROM ${schema}.entries WHERE ${[...filters, ...conditions].join(' AND ')} ORDER BY ${order}`
  const { values } = parameters
  if (query.limit === undefined || !isExact(query)) {
    const conditions = toCursorCondition(query, parameters)
    return { text: toSelect({ conditions, order: toOrder(query.order) }), values, hasOnePlan: false }
  }
  const limit = `LIMIT ${BigInt(query.limit)}`
  const hasOnePlan = Object.keys(query).every((field) => PAGE_FIELDS.has(field))
  const parts = toParts(query, parameters).map((part) => `${toSelect(part)} ${limit}`)
  const [only, ...others] = parts
  if (only !== undefined && others.length === 0) return { text: only, values, hasOnePlan }
  // Read one after the other, as far as the limit needs.
  const named = parts.map((text, index) => `part${index} AS MATERIALIZED (${text})`)
  const read = parts.map((_, index) => `SELECT * FROM part${index}`)
  return { text: `WITH ${named.join(', ')} ${read.join(' UNION ALL ')} ${limit}`, values, hasOnePlan }
}

/** A statement for their number. */
export function toCountStatement(schema: QuotedSchema, query: ListQuery, selected: string): ListStatement {
  const parameters = new Parameters()
  const conditions = toConditions(query, parameters)
  const text = `SELECT count(*)::text AS count, ${selected} FROM ${schema}.entries WHERE ${conditions.join(' AND ')}`
  return { text, values: parameters.values, hasOnePlan: false }
}

class Parameters {
  readonly values: unknown[] = []

  /** The name of the parameter with this value. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  /** The same for bytes in hexadecimal. */
  addBytes(hex: string): string {
    return this.add(Buffer.from(hex, 'hex'))
  }
}

function toConditions(query: ListQuery, parameters: Parameters): string[] {
  const { name, source, digest, file, location, architecture, quantisation } = query
  const conditions = ['entry IS NOT NULL']
  const addKey = (column: string, key: string | null): void => {
    if (key !== null) conditions.push(`${column} = ${parameters.addBytes(key)}`)
  }
  const states = statesOf(query)
  if (states !== undefined) conditions.push(toStateCondition(states, parameters))
  if (name !== undefined) conditions.push(`name_order = ${parameters.addBytes(toNameOrder(name))}`)
  if (source !== undefined) addKey('source_key', toKey(toIndexKey('source', source)))
  if (digest !== undefined) conditions.push(`digest = ${parameters.add(toIndexKey('digest', digest))}`)
  if (file !== undefined) addKey('file_key', toKey(file))
  if (location !== undefined) addKey('location_key', toKey(location))
  addKey('architecture_key', toFactKey(architecture))
  addKey('quantisation_key', toFactKey(quantisation))
  conditions.push(
    ...toTagCondition(query, parameters),
    ...toTextCondition(query, parameters),
    ...toRange('size', query.sizeBytes, parameters),
    ...toRange('parameters', query.parameters, parameters),
    ...toRange('registered', toMsRange(query.registeredAt), parameters),
    ...toRange('verified', toMsRange(query.verifiedAt), parameters),
  )
  return conditions
}

function toStateCondition(states: readonly string[], parameters: Parameters): string {
  const [state = ''] = states
  // An index by state and id serves one state in the order by id, and not several.
  if (states.length > 1) return `state = ANY(${parameters.add(states)})`
  return STATES.has(state) ? `state = '${state}'` : `state = ${parameters.add(state)}`
}

function toTagCondition({ tag }: ListQuery, parameters: Parameters): readonly string[] {
  if (tag === undefined) return []
  const tags = typeof tag === 'string' ? [tag] : tag
  return tags.every(canBeStored) ? [`tags @> ${parameters.add(tags)}::text[]`] : ['false']
}

function toTextCondition({ text }: ListQuery, parameters: Parameters): readonly string[] {
  const wanted = text?.toLowerCase()
  if (wanted === undefined || !wanted.isWellFormed()) return []
  if (!canBeStored(wanted) || wanted.includes(SEARCH_SEPARATOR)) return ['false']
  return [`strpos(search, ${parameters.add(wanted)}) > 0`]
}

/** Whether PostgreSQL takes the text: nothing that it does not take is stored. */
function canBeStored(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

interface NumberRange {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

function toRange(column: string, range: NumberRange | undefined, parameters: Parameters): readonly string[] {
  if (range === undefined) return []
  const { min, max } = range
  return [
    `${column} IS NOT NULL`,
    ...(min === undefined ? [] : [`${column} >= ${parameters.add(min)}`]),
    ...(max === undefined ? [] : [`${column} <= ${parameters.add(max)}`]),
  ]
}

function toMsRange(range: TimeRange | undefined): NumberRange | undefined {
  const toMs = (time: string | undefined): number | undefined =>
    time === undefined ? undefined : Date.parse(time)
  return range && { min: toMs(range.from), max: toMs(range.to) }
}

/** Those without the value are last in both directions, and equal ones are ordered by id. */
function toOrder(order: ListOrder = 'id'): string {
  const direction = order.startsWith('-') ? 'DESC' : 'ASC'
  const field = order.replace('-', '')
  const sorted = SORT_COLUMNS[field]
  if (sorted === undefined) return `id ${direction}`
  const nulls = sorted.canBeNull && direction === 'DESC' ? ' NULLS LAST' : ''
  return `${sorted.column} ${direction}${nulls}, id`
}

/** A part of an order in which one index gives the entries one after the other, from the place of the cursor on. */
interface Part {
  readonly conditions: readonly string[]
  readonly order: string
}

/**
 * The order from the cursor on, in parts: an index has those without a value at its other end in descending order, and
 * equal ones from the highest id to the lowest.
 */
function toParts(query: ListQuery, parameters: Parameters): readonly Part[] {
  const { after, order = 'id' } = query
  const isDescending = order.startsWith('-')
  const sorted = SORT_COLUMNS[order.replace('-', '')]
  const all = (): Part => ({ conditions: toCursorCondition(query, parameters), order: toOrder(order) })
  if (sorted === undefined) return [all()]
  const { column, canBeNull } = sorted
  const without = canBeNull ? [{ conditions: [`${column} IS NULL`], order: 'id' }] : []
  const inOrder = isDescending ? `${column} DESC, id` : `${column}, id`
  if (after === undefined) {
    return isDescending && canBeNull
      ? [{ conditions: [`${column} IS NOT NULL`], order: inOrder }, ...without]
      : [all()]
  }
  const { value, id } = parseCursor(after, order)
  if (value === undefined) return [{ ...all(), order: 'id' }]
  const place = toPlace(value, parameters)
  const [idCondition = ''] = toIdCondition('>', id, parameters)
  const equal = { conditions: [`${column} = ${place}`, idCondition], order: 'id' }
  const beyond = { conditions: [`${column} ${isDescending ? '<' : '>'} ${place}`], order: inOrder }
  return [equal, beyond, ...without]
}

function toPlace(value: string | number, parameters: Parameters): string {
  return typeof value === 'string'
    ? parameters.addBytes(toNameOrder(value))
    : `${parameters.add(value)}::float8`
}

/** What comes after a cursor. */
function toCursorCondition({ after, order = 'id' }: ListQuery, parameters: Parameters): readonly string[] {
  if (after === undefined) return []
  const { value, id } = parseCursor(after, order)
  const sign = order.startsWith('-') ? '<' : '>'
  const sorted = SORT_COLUMNS[order.replace('-', '')]
  if (sorted === undefined) return toIdCondition(sign, id, parameters)
  const { column } = sorted
  const [idCondition] = toIdCondition('>', id, parameters)
  if (value === undefined) return [`${column} IS NULL`, `${idCondition}`]
  const place = toPlace(value, parameters)
  const beyond = `${column} ${sign} ${place} OR (${column} = ${place} AND ${idCondition})`
  // The first condition lets an index begin at the place.
  return sorted.canBeNull
    ? [`(${beyond} OR ${column} IS NULL)`]
    : [`${column} ${sign}= ${place}`, `(${beyond})`]
}

/** An id is ASCII, without NUL: where another text belongs among them follows from what it begins with. */
function toIdCondition(sign: '<' | '>', id: string, parameters: Parameters): readonly string[] {
  const units = Array.from({ length: id.length }, (_, index) => id.charCodeAt(index))
  const other = units.findIndex((unit) => unit === 0 || unit > LAST_ASCII)
  if (other < 0) return [`id ${sign} ${parameters.add(id)}`]
  const start = id.slice(0, other)
  // Above every id that begins so, or below all of them but the start itself.
  const bound = units[other] === 0 ? start : start + String.fromCharCode(LAST_ASCII)
  return [sign === '>' ? `id > ${parameters.add(bound)}` : `id <= ${parameters.add(bound)}`]
}
