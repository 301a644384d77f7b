import type { DataTable } from '@cucumber/cucumber'
import { CONTENT, readContent } from './model-bytes.ts'
import { digestOf } from './world.ts'

const DIGEST_OF = new RegExp(`^the digest of (${CONTENT.source})$`, 'u')

/** Reads a table of names and values; `the right bytes` in it are those of the subject. */
export function readFields(table: DataTable, subject = ''): Readonly<Record<string, unknown>> {
  return Object.fromEntries(table.raw().map(([name = '', cell = '']) => [name, readValue(cell, subject)]))
}

/** The value of a cell: a digest for `the digest of …`, the parsed value for JSON, else the text. */
export function readValue(cell: string, subject: string): unknown {
  const content = DIGEST_OF.exec(cell)?.[1]
  if (content !== undefined) return digestOf(readContent(content, subject))
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
