import {
  LIFECYCLE_STATES,
  type LifecycleState,
  type ModelEntry,
  sizeOfEntry,
  type UnreadablePath,
  type Volume,
} from '@catalog/types'
import type { CatalogContext, CatalogPolicy } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { isMatchingEvidence } from '../evidence/evidence.ts'
import { findAnyEvidence } from '../evidence/own-evidence.ts'
import { noteSeenInFleet } from '../evidence/seen-volumes.ts'
import { findPolicyProblem, isTooOld } from '../evidence/usability.ts'
import { countCopies, createCopyList, type ListCopies } from '../fleet/copies.ts'
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
  /**
   * The number of Active models that this machine has read and found right on a volume that is mounted, and that
   * the policy allows. `resolve` looks at the files too.
   */
  readonly usableHere: number
  /** Numbers of all machines; absent unless the store is shared by several. */
  readonly fleet?: FleetStats
  /** The number of active leases. */
  readonly leases: number
  /** The number of active downloads. */
  readonly downloads: number
}

/** Numbers of the machines that share a catalog. */
export interface FleetStats {
  /** The number of machines with a verified copy of any model. */
  readonly nodes: number
  /** How many of these have no copy that counts: their volumes were silent for too long. */
  readonly silentNodes: number
  /** The number of Active models with one copy that counts. */
  readonly singleCopy: number
  /** The number of Active models without a copy that counts. */
  readonly noCopy: number
}

/** Counts what there is. Reads no file. */
export async function countCatalog(context: CatalogContext): Promise<CatalogStats> {
  const { store, files, volumes, clock } = context
  const policy = await policyOf(context)
  const entries = await store.list({})
  const here = volumes.list()
  await noteSeenInFleet(context)
  const readAt = entries.flatMap((entry) => findAnyEvidence(context, entry, here)?.evidence.at ?? []).sort()
  return {
    byState: countByState(entries),
    evidence: readAt.length,
    oldestEvidenceAt: readAt[0] ?? null,
    oldEvidence: readAt.filter((at) => isTooOld({ policy, clock }, at)).length,
    ...(await measureLeftovers(context)),
    usableHere: entries.filter((entry) => isUsableHere(context, entry, { policy, here })).length,
    ...(store.isShared && { fleet: countFleet(await createCopyList(context), entries) }),
    freeBytes: await files.measureFreeBytes(),
    ...countUses(context, entries),
  }
}

interface Here {
  readonly policy: CatalogPolicy
  readonly here: readonly Volume[]
}

function isUsableHere(context: CatalogContext, entry: ModelEntry, { policy, here }: Here): boolean {
  const evidence = findAnyEvidence(context, entry, here)?.evidence
  if (entry.state !== 'Active' || evidence === undefined || !isMatchingEvidence(entry, evidence)) return false
  return findPolicyProblem({ policy, clock: context.clock }, entry, evidence) === undefined
}

function countFleet(list: ListCopies, entries: readonly ModelEntry[]): FleetStats {
  const nodes = new Set<string>()
  const heard = new Set<string>()
  let [singleCopy, noCopy] = [0, 0]
  for (const entry of entries) {
    const copies = list(entry)
    for (const { node, isCounted } of copies) {
      nodes.add(node)
      if (isCounted) heard.add(node)
    }
    if (entry.state !== 'Active') continue
    const count = countCopies(copies)
    if (count === 0) noCopy += 1
    if (count === 1) singleCopy += 1
  }
  return { nodes: nodes.size, silentNodes: nodes.size - heard.size, singleCopy, noCopy }
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
  // Stryker disable next-line ArrayDeclaration: what has no end is not counted.
  const leases = entries.reduce((sum, entry) => sum + (entry.leases ?? []).filter(counts).length, 0)
  return { leases, downloads: entries.filter(({ download }) => counts(download)).length }
}
