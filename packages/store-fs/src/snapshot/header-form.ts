/** Room `snapshot`: the state that a segment starts from, as a file. */

import { LIFECYCLE_STATES } from '@catalog/types'
import { isCount, isObject, MAX_START } from '../format/json.ts'
import { findSettingsContentProblem, findTotalsFormProblem, isChainPoint } from '../format/record-form.ts'

const SHA256 = /^[0-9a-f]{64}$/u

/** What is wrong with the form of the first line of a snapshot, in words; undefined where nothing is. */
export function findSnapshotHeaderProblem(header: unknown): string | undefined {
  if (!isObject(header)) return 'it is not an object'
  if (!isCount(header['segment'], 1, MAX_START)) return '"segment" is not a positive integer'
  const { start } = header
  if (!isChainPoint(start) || start[0] > MAX_START) return '"start" is not a place in the chain'
  for (const field of ['entries', 'removed', 'bytes']) {
    if (!isCount(header[field], 0)) return `"${field}" is not a non-negative integer`
  }
  if (typeof header['sha256'] !== 'string' || !SHA256.test(header['sha256']))
    return '"sha256" is not a digest'
  if (!isOptionalCounts(header['counts'], header['entries'])) return '"counts" are not those of its entries'
  if (header['extra'] !== undefined && !isObject(header['extra'])) return '"extra" is not an object'
  return findTotalsFormProblem(header['totals']) ?? findSettingsRowProblem(header['settings'])
}

function findSettingsRowProblem(settings: unknown): string | undefined {
  if (settings === undefined) return undefined
  if (!isObject(settings)) return '"settings" is not an object'
  if (!isCount(settings['revision'], 1, MAX_START))
    return 'the "revision" of its "settings" is not a positive integer'
  return findSettingsContentProblem(settings['content'])
}

function isOptionalCounts(counts: unknown, entries: unknown): boolean {
  if (counts === undefined) return true
  if (!isObject(counts)) return false
  const each = LIFECYCLE_STATES.map((state) => counts[state])
  return each.every((count) => isCount(count, 0)) && sumOf(each as number[]) === entries
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
