/** Room `query`: filters, orders and pages. */

import type { ModelEntry } from '../entry/model-entry.ts'
import { sizeOfEntry } from '../entry/size-of-entry.ts'
import { parseTime } from '../entry/time.ts'

/** The field by which models are ordered; with `-` in front descending. */
export type ListOrder = SortField | `-${SortField}`
type SortField = 'id' | 'name' | 'size' | 'registeredAt' | 'verifiedAt'

const SORT_FIELDS: readonly SortField[] = ['id', 'name', 'size', 'registeredAt', 'verifiedAt']

/** Every order: each field, ascending, and with `-` descending. */
export const LIST_ORDERS: readonly ListOrder[] = SORT_FIELDS.flatMap((field): ListOrder[] => [
  field,
  `-${field}`,
])

/** The place of an entry in an order. No two entries have the same. */
export interface SortKey {
  /** Absent where the entry has no such value. */
  readonly value: string | number | undefined
  readonly id: string
}

export function sortKeyOf(entry: ModelEntry, order: ListOrder = 'id'): SortKey {
  return { value: sortValueOf(entry, fieldOf(order)), id: entry.id }
}

/** Below 0 where the first comes first. */
export function compareSortKeys(a: SortKey, b: SortKey, order: ListOrder = 'id'): number {
  if (a.value !== b.value) {
    // Last in both directions: who looks for the largest or the smallest wants neither to begin with the unknown.
    if (a.value === undefined) return 1
    if (b.value === undefined) return -1
    return (a.value < b.value ? -1 : 1) * (order.startsWith('-') ? -1 : 1)
  }
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** The value of `after` that continues behind this entry. */
export function toCursor(entry: ModelEntry, order: ListOrder = 'id'): string {
  if (fieldOf(order) === 'id') return entry.id
  const { value, id } = sortKeyOf(entry, order)
  return encodeBase64Url(JSON.stringify([order, value ?? null, id]))
}

/** Whether a text is a cursor of this order. In the order by id any text is one. */
export function isCursor(text: string, order: ListOrder = 'id'): boolean {
  return fieldOf(order) === 'id' || decodeCursor(text, order) !== undefined
}

/** The place of a checked cursor in its order. */
export function parseCursor(text: string, order: ListOrder = 'id'): SortKey {
  if (fieldOf(order) === 'id') return { value: text, id: text }
  return decodeCursor(text, order) ?? { value: undefined, id: '' }
}

function decodeCursor(text: string, order: ListOrder): SortKey | undefined {
  try {
    const parts: unknown = JSON.parse(decodeBase64Url(text))
    if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== order) return undefined
    const [, value, id] = parts as readonly unknown[]
    const type = fieldOf(order) === 'name' ? 'string' : 'number'
    if (typeof id !== 'string' || (value !== null && typeof value !== type)) return undefined
    return { value: (value ?? undefined) as SortKey['value'], id }
  } catch {
    return undefined
  }
}

function fieldOf(order: ListOrder): SortField {
  return (order.startsWith('-') ? order.slice(1) : order) as SortField
}

function sortValueOf(entry: ModelEntry, field: SortField): SortKey['value'] {
  switch (field) {
    case 'id':
      return entry.id
    case 'name':
      return entry.name
    case 'size':
      return sizeOfEntry(entry)
    case 'registeredAt':
      return parseTime(entry.registeredAt)
    case 'verifiedAt':
      return entry.verifiedAt === null ? undefined : parseTime(entry.verifiedAt)
    default:
      return field satisfies never
  }
}

function encodeBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text)
  const encoded = btoa(String.fromCharCode(...bytes))
  return encoded.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '')
}

function decodeBase64Url(text: string): string {
  const decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(decoded, (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}
