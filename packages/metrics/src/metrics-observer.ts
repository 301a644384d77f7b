import type { AuditEvent, CatalogObserver } from '@catalog/types'

/** What only the process knows in which it happens. */
export interface LocalNumbers {
  readonly conflicts: number
  /** How far the audit has come that runs, or ran last; undefined before the first. */
  readonly audit: AuditEvent | undefined
}

/** An observer for `openCatalog`, which counts what the catalog does not record. */
export interface MetricsObserver extends CatalogObserver {
  /** Counts a lost race. */
  onConflict(): void
  /** Remembers how far an audit has come. */
  onAudit(event: AuditEvent): void
  /** What was counted so far. */
  read(): LocalNumbers
}

/**
 * Counts, of this process alone, lost races and the progress of an audit. Give it to `openCatalog` as `observer`, or call it
 * from your own, and then to `registerMetrics`.
 */
export function createMetricsObserver(): MetricsObserver {
  let conflicts = 0
  let audit: AuditEvent | undefined
  return {
    onConflict() {
      conflicts += 1
    },
    onAudit(event) {
      audit = event
    },
    read: () => ({ conflicts, audit }),
  }
}
