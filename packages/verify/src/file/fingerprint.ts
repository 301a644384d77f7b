/** Room `file`: opening, checking and looking at a file, without waiting. */

import type { BigIntStats } from 'node:fs'

const FIELDS = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs', 'birthtimeNs'] as const

/** The fields of `stat` in which any of the later looks differs from the first; empty when nothing changed. */
export function findChanges(first: BigIntStats, ...later: readonly BigIntStats[]): readonly string[] {
  return FIELDS.filter((field) => later.some((stats) => stats[field] !== first[field]))
}
