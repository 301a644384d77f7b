/** Room `lease`: who uses a model. */

import { CatalogError, type EntryContent, type Lease, type ModelUser } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'

/** Where the time comes from by which leases and downloads are active. */
type Timed = Pick<CatalogContext, 'clock'>

/** Whether a lease or a download is active: until its time. */
export function isActive({ clock }: Timed, { until }: { readonly until: string }): boolean {
  return Date.parse(until) > clock.now().getTime()
}

/** The active leases. */
// Stryker disable next-line ArrayDeclaration: what has no end is not active.
export function findLeases(context: Timed, { leases = [] }: EntryContent): readonly Lease[] {
  return leases.filter((lease) => isActive(context, lease))
}

/** Who uses the model now: those with a lease, and who downloads it. */
export function findUsers(context: Timed, entry: EntryContent): readonly ModelUser[] {
  const { download } = entry
  const isDownloaded = download !== undefined && isActive(context, download)
  return [
    ...findLeases(context, entry).map((lease) => toUser('lease', lease)),
    ...(isDownloaded ? [toUser('download', download)] : []),
  ]
}

/** IN_USE while the model has active leases. */
export function assertNotLeased(context: Timed, entry: EntryContent): void {
  assertNone(
    entry,
    findLeases(context, entry).map((lease) => toUser('lease', lease)),
  )
}

/** IN_USE while the model has active leases or is downloaded. */
export function assertNotUsed(context: Timed, entry: EntryContent): void {
  assertNone(entry, findUsers(context, entry))
}

export function createInUse(id: string, users: readonly ModelUser[]): CatalogError<'IN_USE'> {
  const [first] = users
  const others = users.length > 1 ? ` and ${users.length - 1} more` : ''
  const who = first === undefined ? '' : ` by ${first.holder} (${first.use} until ${first.until})${others}`
  return new CatalogError('IN_USE', `model "${id}" is in use${who}`, { id, users })
}

export function toUser(use: ModelUser['use'], { holder, until }: Omit<ModelUser, 'use'>): ModelUser {
  return { use, holder, until }
}

function assertNone({ id }: EntryContent, users: readonly ModelUser[]): void {
  if (users.length > 0) throw createInUse(id, users)
}
