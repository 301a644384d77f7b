import type { CatalogTotals, HistorySize, LifecycleState, StateCounts } from '@catalog/types'

/** The part of a catalog that its metrics need: a `Catalog` of `model-catalog` is one. */
export interface MeteredCatalog {
  /** How many models are in each state. */
  counts(): Promise<StateCounts>
  readonly history: {
    /** What was done since the catalog began. */
    totals(): Promise<CatalogTotals>
    /** How much room the history takes. */
    size(): Promise<HistorySize>
  }
  readonly upkeep: {
    /** A look at all entries and files. */
    stats(): Promise<MeteredStats>
  }
}

/** The part of `catalog.upkeep.stats()` that the metrics show. */
export interface MeteredStats {
  readonly byState: Readonly<Record<LifecycleState, { readonly bytes: number }>>
  readonly oldestEvidenceAt: string | null
  readonly partialBytes: number
  readonly quarantinedBytes: number
  readonly freeBytes: number
  readonly leases: number
  readonly downloads: number
  /** Active models that this machine has verified and may use. */
  readonly usableHere?: number
  /** Only of a catalog that several machines share. */
  readonly fleet?: {
    readonly nodes: number
    readonly silentNodes: number
    readonly singleCopy: number
    readonly noCopy: number
  }
}
