import {
  type Attribution,
  CatalogError,
  createInvalidInput,
  type EntryContent,
  type Lease,
  type ModelEntry,
  type ModelId,
} from '@catalog/types'
import { MAX_LEASES } from '@catalog/types/adapter'
import {
  attributionShape,
  defineOptions,
  holderSchema,
  type OptionsParser,
  optionsSchema,
} from '@catalog/types/schema'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { forMsSchema, type TimeSpan, toUntil, untilSchema } from '../entry/time-span.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { noteSeenInFleet } from '../evidence/seen-volumes.ts'
import { assertActive } from '../evidence/usability.ts'
import { findLeases } from './active-leases.ts'

/** How long a model is used, by which holder, and why. */
export interface LeaseOptions extends Attribution, TimeSpan {
  /** Default: the catalog's holder. */
  readonly holder?: string | undefined
}

/** How long a lease continues, and why. */
export interface RenewLeaseOptions extends Attribution, TimeSpan {}

/** An active lease, and the model it is on. */
export interface ModelLease extends Lease {
  readonly modelId: ModelId
}

export interface LeaseRequest extends Attribution {
  readonly id: ModelId
  readonly forMs: number
  readonly holder: string
}

export interface RenewLeaseRequest extends Attribution {
  readonly id: ModelId
  readonly leaseId: string
  readonly forMs: number
}

const leaseShape = { ...attributionShape, forMs: forMsSchema.optional(), until: untilSchema.optional() }

export const parseRenewLeaseOptions: OptionsParser<RenewLeaseOptions> = defineOptions<RenewLeaseOptions>(
  optionsSchema(leaseShape),
)

export const parseLeaseOptions: OptionsParser<LeaseOptions> = defineOptions<LeaseOptions>(
  optionsSchema({ ...leaseShape, holder: holderSchema.optional() }),
)

/** The id of a lease as it is, or INVALID_INPUT. */
export function parseLeaseId(leaseId: unknown): string {
  if (typeof leaseId === 'string' && leaseId !== '' && leaseId.length <= 100) return leaseId
  throw createInvalidInput([{ field: 'leaseId', problem: 'must be the id of a lease' }])
}

/** Takes a lease on an Active model. NOT_USABLE; TOO_MANY_LEASES if the model has as many as it may have. */
export async function takeLease(context: CatalogContext, request: LeaseRequest): Promise<Lease> {
  const { forMs, holder, ...by } = request
  const at = context.clock.now().toISOString()
  const lease = { id: crypto.randomUUID(), holder, node: context.node, at, until: toUntil(context, forMs) }
  await updateEntry(context, { ...by, operation: 'lease' }, (entry) => {
    assertActive(entry)
    const leases = findLeases(context, entry)
    if (leases.length >= MAX_LEASES) throw createTooMany(entry.id, leases)
    return withLeases(entry, [...leases, lease])
  })
  return lease
}

/** Lets an active lease go on. LEASE_ENDED if it is not active; NOT_USABLE if the model is no longer Active. */
export async function renewLease(context: CatalogContext, request: RenewLeaseRequest): Promise<Lease> {
  const { leaseId, forMs, ...by } = request
  void noteSeenInFleet(context)
  const until = toUntil(context, forMs)
  const { after } = await updateEntry(context, { ...by, operation: 'renew-lease' }, (entry) => {
    const leases = findLeases(context, entry)
    if (!leases.some(({ id }) => id === leaseId)) throw createLeaseEnded(entry.id, leaseId)
    // Who renews goes on using the model, and has to learn that its bytes were found wrong.
    assertActive(entry)
    return withLeases(
      entry,
      leases.map((lease) => (lease.id === leaseId ? { ...lease, until } : lease)),
    )
  })
  // Stryker disable next-line OptionalChaining: only the types need this: the lease is what was written.
  const renewed = after?.leases?.find(({ id }) => id === leaseId)
  // Stryker disable next-line ConditionalExpression: only the types need this: the store gives what was written.
  if (renewed === undefined) throw new TypeError('the store gave no lease for a renewal')
  return renewed
}

/** Ends a lease; nothing where it has ended, or the model is gone. */
export async function releaseLease(
  context: CatalogContext,
  { leaseId, ...by }: Attribution & { readonly id: ModelId; readonly leaseId: string },
): Promise<void> {
  if ((await context.store.get(by.id)) === undefined) return
  await updateEntry(context, { ...by, operation: 'release-lease' }, (entry) => {
    if (!entry.leases?.some(({ id }) => id === leaseId)) return undefined
    return withLeases(
      entry,
      findLeases(context, entry).filter(({ id }) => id !== leaseId),
    )
  })
}

/** The active leases on these models. */
export function listLeases(context: CatalogContext, entries: readonly ModelEntry[]): readonly ModelLease[] {
  return entries.flatMap((entry) =>
    findLeases(context, entry).map((lease) => ({ ...lease, modelId: entry.id })),
  )
}

/** Every writing of leases drops those that ended. */
function withLeases({ leases: _leases, ...entry }: EntryContent, leases: readonly Lease[]): EntryContent {
  return leases.length === 0 ? entry : { ...entry, leases }
}

function createLeaseEnded(id: ModelId, leaseId: string): CatalogError<'LEASE_ENDED'> {
  const message = `model "${id}" has no active lease ${leaseId}: it was released or has expired`
  return new CatalogError('LEASE_ENDED', message, { id, leaseId })
}

function createTooMany(id: ModelId, leases: readonly Lease[]): CatalogError<'TOO_MANY_LEASES'> {
  // Stryker disable next-line StringLiteral: only the types need this: too many are not none.
  const [until = ''] = leases.map((lease) => lease.until).toSorted((a, b) => Date.parse(a) - Date.parse(b))
  const message = `model "${id}" has ${MAX_LEASES} leases, which is the limit; the first ends at ${until}`
  return new CatalogError('TOO_MANY_LEASES', message, { id, limit: MAX_LEASES, until })
}
