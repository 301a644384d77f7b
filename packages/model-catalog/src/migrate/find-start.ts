import { isDeepStrictEqual } from 'node:util'
import { type CatalogCopy, type CatalogReader, createInvalidInput } from '@catalog/types'
import { describeDifference, findDifference } from './compare-catalogs.ts'
import { type Migration, report, verifyKept } from './migration.ts'

/** Where a migration goes on. */
export interface Start {
  /** The last position that the copy has, or its beginning. */
  readonly position: number
  /** The position after which both keep their histories: what is before it cannot be compared. */
  readonly since: number
  /** Whether the copy has to begin. */
  readonly isNew: boolean
}

/**
 * Where the copy goes on; what it has must be what the source has, as far as both keep their histories. INVALID_INPUT if it is a copy of
 * something else, or if there is nothing by which to tell.
 *
 * @param from the position before the history that the source keeps
 */
export async function findStart(migration: Migration, from: number): Promise<Start> {
  const { source, copy } = migration
  const isNew = { position: from, since: from, isNew: true }
  if (copy.state === 'empty') return isNew
  const target = await copy.read()
  const kept = await verifyKept(target, copy.place)
  const position = await target.refresh()
  // Ended before the first position was written: the beginning of another time, from which nothing was copied.
  if (copy.state === 'unfinished' && kept.from === position) return isNew
  const head = await source.refresh()
  const [since, until] = [Math.max(from, kept.from), Math.min(position, head)]
  const isOneMoment = position === head
  if (since > until || (since === until && !isOneMoment)) throw createUncomparable(migration, position, from)
  const tell = report('check', migration, until)
  const difference = await findDifference(source, target, { ...migration, since, until }, tell)
  if (difference !== undefined)
    throw createForeign(copy, `whose history differs from position ${difference} on`)
  // A backup of the original has taken its place, or a power cut has taken its last change, before a caller was told of it.
  if (copy.state === 'unfinished' && position > head)
    throw createForeign(
      copy,
      `which ends at position ${position}, after position ${head} of ${migration.place}`,
    )
  if (copy.state === 'finished') {
    if (isOneMoment) await assertSame(migration, target, position)
    else if (position < head) await assertSettingsNotChanged(migration, target)
  }
  return { position, since, isNew: false }
}

/** Stores can open it, and could have changed it. */
async function assertSame(
  { source, copy }: Migration,
  target: CatalogReader,
  position: number,
): Promise<void> {
  const difference = await describeDifference(source, target)
  // The source may have gone on while it was compared.
  if (difference === undefined || (await source.refresh()) !== position) return
  throw createForeign(copy, `and ${difference}`)
}

/** A change of the settings is in no history: those of the copy would be replaced. */
async function assertSettingsNotChanged({ source, copy }: Migration, target: CatalogReader): Promise<void> {
  const [original, copied] = [await source.settings(), await target.settings()]
  const isOlder = copied.revision < original.revision
  if (isOlder || (copied.revision === original.revision && isDeepStrictEqual(original, copied))) return
  throw createForeign(copy, 'and the settings are not the same')
}

function createForeign({ place, state }: CatalogCopy, what: string): Error {
  const found = state === 'unfinished' ? 'an unfinished copy' : 'another catalog'
  const problem = `must be an empty place: in ${place} is ${found}, ${what}`
  return createInvalidInput([{ field: 'to', problem }])
}

/** Of a history that does not reach to what is there, nothing can be compared. */
function createUncomparable({ copy, place }: Migration, position: number, from: number): Error {
  const what = copy.state === 'unfinished' ? 'an unfinished copy' : 'a catalog'
  const ends = `${what} that ends at position ${position}`
  const begins = `the history of ${place} begins after ${from}`
  const problem = `must be an empty place: in ${copy.place} is ${ends}, and ${begins}, so that nothing can be compared`
  return createInvalidInput([{ field: 'to', problem }])
}
