import type { DataTable } from '@cucumber/cucumber'
import { digestOf } from './world.ts'

const DIGEST_OF = /^the digest of "(.*)"$/u

/**
 * A table of names and values. `the digest of "…"` is that digest; what is JSON is what it says; everything else
 * is the text as it stands.
 */
export function readFields(table: DataTable): Readonly<Record<string, unknown>> {
  return Object.fromEntries(table.raw().map(([name = '', cell = '']) => [name, readCell(cell)]))
}

function readCell(cell: string): unknown {
  const bytes = DIGEST_OF.exec(cell)?.[1]
  if (bytes !== undefined) return digestOf(bytes)
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}

/** The fields of an object that a table names, for a comparison with the table. */
export function pickFields(
  object: object,
  names: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, Reflect.get(object, name)]))
}
