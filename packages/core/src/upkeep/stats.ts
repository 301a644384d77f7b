import {
  LIFECYCLE_STATES,
  type LifecycleState,
  type ModelEntry,
  sizeOfEntry,
  type UnreadablePath,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { findAnyEvidence } from '../evidence/own-evidence.ts'
import { isTooOld } from '../evidence/usability.ts'
import { parseLeftover } from '../ownership/partial-name.ts'

/** The number of models, and the sum of the known sizes (`sizeOfEntry`). */
export interface ModelTotals {
  readonly models: number
  readonly bytes: number
}

/** Numbers of the catalog and its disk. */
export interface CatalogStats {
  readonly byState: Readonly<Record<LifecycleState, ModelTotals>>
  /** The number of models with evidence of a volume that is mounted. */
  readonly evidence: number
  /** The time of the oldest such evidence, ISO-8601 UTC; null without evidence. */
  readonly oldestEvidenceAt: string | null
  /** How many of these models were read longer ago than the policy allows; 0 if it sets no age. */
  readonly oldEvidence: number
  /** The size of all partial files on disk. */
  readonly partialBytes: number
  /** The size of all quarantined files on disk. */
  readonly quarantinedBytes: number
  /** Paths that could not be examined: the two sizes above do not include what is there. */
  readonly unreadable: readonly UnreadablePath[]
  /** How many bytes may still be written into the root. */
  readonly freeBytes: number
  /** The number of active leases. */
  readonly leases: number
  /** The number of active downloads. */
  readonly downloads: number
}

/** Counts what there is. Reads no file. */
export async function countCatalog(context: CatalogContext): Promise<CatalogStats> {
  const { store, files, volumes, clock } = context
  const policy = await policyOf(context)
  const entries = await store.list({})
  const here = volumes.list()
  const readAt = entries.flatMap((entry) => findAnyEvidence(context, entry, here)?.evidence.at ?? []).sort()
  return {
    byState: countByState(entries),
    evidence: readAt.length,
    oldestEvidenceAt: readAt[0] ?? null,
    oldEvidence: readAt.filter((at) => isTooOld({ policy, clock }, at)).length,
    ...(await measureLeftovers(context)),
    freeBytes: await files.measureFreeBytes(),
    ...countUses(context, entries),
  }
}

function countByState(entries: readonly ModelEntry[]): CatalogStats['byState'] {
  const totals = new Map(LIFECYCLE_STATES.map((state) => [state, { models: 0, bytes: 0 }]))
  for (const entry of entries) {
    const total = totals.get(entry.state)
    // Stryker disable next-line ConditionalExpression: only the types need this: each state has a total.
    if (total === undefined) continue
    total.models += 1
    total.bytes += sizeOfEntry(entry) ?? 0
  }
  return Object.fromEntries(totals) as CatalogStats['byState']
}

async function measureLeftovers({
  files,
}: CatalogContext): Promise<Pick<CatalogStats, 'partialBytes' | 'quarantinedBytes' | 'unreadable'>> {
  let partialBytes = 0
  let quarantinedBytes = 0
  const { files: listed, unreadable } = await files.listFiles()
  for (const { file, fingerprint } of listed) {
    const kind = parseLeftover(file)?.kind
    if (kind === 'partial') partialBytes += fingerprint.sizeBytes
    if (kind === 'quarantined') quarantinedBytes += fingerprint.sizeBytes
  }
  return { partialBytes, quarantinedBytes, unreadable }
}

function countUses(
  { clock }: CatalogContext,
  entries: readonly ModelEntry[],
): Pick<CatalogStats, 'leases' | 'downloads'> {
  const now = clock.now().getTime()
  const counts = (use: { readonly until: string } | undefined): boolean =>
    use !== undefined && Date.parse(use.until) > now
  const leases = entries.reduce((sum, entry) => sum + (entry.leases ?? []).filter(counts).length, 0)
  return { leases, downloads: entries.filter(({ download }) => counts(download)).length }
}
