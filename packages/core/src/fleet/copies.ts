/** Room `fleet`: which machines have a verified copy of a model. */

import type { EntryContent, Evidence } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { isMatchingEvidence } from '../evidence/evidence.ts'
import { livenessOf, sightsOf } from '../evidence/liveness.ts'
import { createHereCheck } from '../evidence/own-evidence.ts'

/** A copy of a model whose bytes a machine has read and found right. */
export interface ModelCopy {
  /** Under which the evidence stands in the entry. */
  readonly key: string
  /** The label of the machine that read it. */
  readonly node: string
  /** The id of the volume; absent in evidence that an older version recorded by host name. */
  readonly volume?: string
  /** When it was read, ISO-8601 UTC. */
  readonly verifiedAt: string
  /** When its machine last told that the volume was mounted, or read it, ISO-8601 UTC. */
  readonly lastSeenAt: string
  /**
   * Whether it counts as a copy. False if the volume was not seen for longer than the policy `silentAfterMs`
   * allows, or has no anchor, so that only the process that read it can use it.
   */
  readonly isCounted: boolean
  /** Whether it is on a volume that is mounted on this machine. `resolve` looks at the files too. */
  readonly isHere: boolean
}

/** Tells the verified copies of an entry, of one moment for any number of entries. */
export type ListCopies = (entry: EntryContent) => readonly ModelCopy[]

/** By time, the last one first. */
export async function createCopyList(context: CatalogContext): Promise<ListCopies> {
  const isLive = await livenessOf(context)
  const { volumes: seen } = await context.store.settings()
  const isHere = createHereCheck(context)
  const toCopy = (key: string, evidence: Evidence): ModelCopy => {
    const { volume, anchor, node = key, at } = evidence
    const sights = sightsOf(seen, key, evidence).map(({ lastSeen }) => lastSeen)
    const isAnchored = volume === undefined || anchor !== undefined
    return {
      ...{ key, node, verifiedAt: at },
      // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
      ...(volume !== undefined && { volume }),
      lastSeenAt: [at, ...sights].sort().at(-1) ?? at,
      isCounted: isAnchored && isLive(key, evidence),
      isHere: isHere(key, evidence),
    }
  }
  return (entry) => {
    const all = Object.entries(entry.evidence ?? {})
    const right = all.filter(([, evidence]) => isMatchingEvidence(entry, evidence))
    const copies = right.map(([key, evidence]) => toCopy(key, evidence))
    // Stryker disable next-line EqualityOperator: of one time either may be the first.
    return copies.sort((a, b) => (a.verifiedAt > b.verifiedAt ? -1 : 1))
  }
}

/**
 * How many volumes have a copy that counts. What several machines have read on one volume is one copy: it may be a network file
 * system. Clones of one disk have one id, and count once as well: too few is safe.
 */
export function countCopies(copies: readonly ModelCopy[]): number {
  const counted = copies.filter(({ isCounted }) => isCounted)
  return new Set(counted.map(({ volume, key }) => volume ?? key)).size
}
