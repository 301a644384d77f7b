/** Room `repair`: what is certain of a damaged catalog, and going on from there. */

import { decodeEntry } from '@catalog/types/adapter'
import { isCount, isObject } from '../format/json.ts'
import type { Line } from '../format/line-splitter.ts'
import { type JournalRecord, parseLine, type WireChange, type WireCommit } from '../format/record.ts'
import { findChangeProblem, findHeaderProblem, isModelId } from '../format/record-form.ts'

/** A change as it may stand in a record: of its entry nothing is known. */
export type LooseChange = Omit<WireChange, 'entry'> & { readonly entry: unknown }

/** What follows the checksum, of any form: null if it is not JSON. Undefined if the line is not a record. */
export function parseLoosely({ bytes }: Line): unknown {
  try {
    return parseLine(bytes)
  } catch {
    return null
  }
}

/** Each place in the chain that a record says to know. */
export function listBuiltOn(lines: readonly Line[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const line of lines) {
    const record = parseLoosely(line)
    if (findHeaderProblem(record) !== undefined) continue
    const { after, synced } = record as JournalRecord
    found.add(`${after[0]} ${after[1]}`).add(`${synced[0]} ${synced[1]}`)
  }
  return found
}

export function areReadable(commits: readonly WireCommit[]): boolean {
  return commits.every(({ changes }) => changes.every(({ id, entry }) => isReadableEntry(id, entry)))
}

export function isReadableEntry(id: string, entry: unknown): boolean {
  if (entry === null) return true
  if (findChangeProblem({ id, if: 0, entry }) !== undefined) return false
  try {
    decodeEntry(entry, 1)
    return true
  } catch {
    return false
  }
}

export function isLooseChange(change: unknown): change is LooseChange {
  return isObject(change) && isModelId(change['id']) && isCount(change['if'], 0)
}
