/** Room `migrate`: a catalog that moves to another store with its history. */

import { isDeepStrictEqual } from 'node:util'
import type { CatalogReader, CatalogTotals } from '@catalog/types'
import { readPages } from './find-beginning.ts'
import { type HistorySpan, readRecords } from './read-records.ts'

/** The first position at which two histories differ; undefined if they are equal. */
export async function findDifference(
  one: CatalogReader,
  other: CatalogReader,
  span: HistorySpan,
  onPosition?: (position: number) => void,
): Promise<number | undefined> {
  const others = readRecords(other, span)
  for await (const { position, changes } of readRecords(one, span)) {
    const { value } = await others.next()
    if (!isDeepStrictEqual(toPlain(changes), toPlain(value?.changes))) return position
    onPosition?.(position)
  }
  return undefined
}

/** What differs between two catalogs that are at the same position, in words; undefined if nothing does. */
export async function describeDifference(
  one: CatalogReader,
  other: CatalogReader,
): Promise<string | undefined> {
  const others = readPages(other)
  for await (const entries of readPages(one)) {
    const { value = [] } = await others.next()
    if (!isDeepStrictEqual(toPlain(entries), toPlain(value))) return 'the models are not the same'
  }
  if ((await others.next()).done !== true) return 'the models are not the same'
  if (!isDeepStrictEqual(await readRemoved(one), await readRemoved(other)))
    return 'the revisions of removed models are not the same'
  if (!isDeepStrictEqual(await one.counts(), await other.counts()))
    return 'the numbers of models by state are not the same'
  if (!isDeepStrictEqual(toPlain(await one.settings()), toPlain(await other.settings())))
    return 'the settings are not the same'
  if (!isDeepStrictEqual(toSums(await one.totals()), toSums(await other.totals())))
    return 'the totals are not the same'
  return undefined
}

async function readRemoved(store: CatalogReader): Promise<ReadonlyMap<string, number>> {
  return new Map((await store.removed()).map(({ id, revision }) => [id, revision]))
}

/** Where counting began is not kept by every store, and a sum of seconds may differ in its last digit. */
function toSums({ operations, verifications, verifiedBytes, verificationSeconds }: CatalogTotals): object {
  const { sum, ...seconds } = verificationSeconds
  return { ...{ operations, verifications, verifiedBytes }, ...seconds, ms: Math.round(sum * 1000) }
}

/** Fields that are undefined are like those that are absent. */
function toPlain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
