import type { ModelLease } from 'model-catalog'
import { withCatalog } from '../../catalog/with-catalog.ts'
import { attributionOf, type Invocation } from '../../options/invocation.ts'
import { formatCount } from '../../text/count.ts'
import { formatTable } from '../../text/table.ts'

/** How long a lease is to last. */
export type LeaseSpan = { readonly forMs: number } | { readonly until: Date }

/** Takes a lease, and prints its id alone, for a script to keep. */
export async function runTakeLease(
  invocation: Invocation,
  { id, ...options }: LeaseSpan & { readonly id: string; readonly holder: string | undefined },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const lease = await catalog.leases.take(id, { ...options, ...attributionOf(invocation) })
    output.printExact(lease.id)
    output.note(`${id}: ${lease.holder} uses it until ${lease.until}`)
    output.printJson(lease)
  })
}

/** Lets a lease end later. */
export async function runRenewLease(
  invocation: Invocation,
  { id, leaseId, ...span }: LeaseSpan & { readonly id: string; readonly leaseId: string },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const lease = await catalog.leases.renew(id, leaseId, { ...span, ...attributionOf(invocation) })
    output.print(`${id}: ${lease.holder} uses it until ${lease.until}`)
    output.printJson(lease)
  })
}

/** Ends a lease. */
export async function runReleaseLease(
  invocation: Invocation,
  { id, leaseId }: { readonly id: string; readonly leaseId: string },
): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const isHeld = (await catalog.get(id))?.leases?.some((lease) => lease.id === leaseId) ?? false
    await catalog.leases.release(id, leaseId, attributionOf(invocation))
    output.print(
      isHeld ? `${id}: released` : `${id}: has no active lease ${leaseId}, so nothing was released`,
    )
    output.printJson({ id, leaseId })
  })
}

/** Lists the active leases, on one model or on all. */
export async function runListLeases(invocation: Invocation, id: string | undefined): Promise<undefined> {
  const { output } = invocation
  await withCatalog(invocation, async (catalog) => {
    const leases = await catalog.leases.list(id)
    if (leases.length > 0) output.print(...formatLeases(leases, output.width))
    output.print(leases.length === 0 ? 'no leases' : formatCount(leases.length, 'lease'))
    output.printJson({ leases })
  })
}

function formatLeases(leases: readonly ModelLease[], width: number): readonly string[] {
  const rows = leases.map(({ modelId, holder, node, until, id }) => [modelId, holder, node, until, id])
  const columns = [
    { title: 'MODEL' },
    { title: 'HOLDER', leaves: 2 },
    { title: 'NODE', leaves: 1 },
    { title: 'UNTIL', leaves: 3 },
    { title: 'LEASE', isCut: false },
  ]
  return formatTable(columns, rows, width)
}
