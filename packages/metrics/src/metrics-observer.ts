import type { AuditEvent, CatalogObserver } from '@catalog/types'

/** Numbers that only this process knows. */
export interface LocalNumbers {
  readonly conflicts: number
  /** The progress of the audit that is running, or ran last; undefined before the first. */
  readonly audit: AuditEvent | undefined
}

/** An observer for `openCatalog` that counts what the catalog does not record. */
export interface MetricsObserver extends CatalogObserver {
  /** Counts a conflict with another writer. */
  onConflict(): void
  /** Records the progress of an audit. */
  onAudit(event: AuditEvent): void
  /** The numbers so far. */
  read(): LocalNumbers
}

/**
 * Counts conflicts and the progress of an audit, of this process alone. Pass it to `openCatalog` as
 * `observer`, or call it from your own observer, and pass it to `registerMetrics`.
 *
 * @example
 * ```ts
 * import { createMetricsObserver } from '@catalog/metrics'
 * import { openCatalog } from 'model-catalog'
 *
 * const observer = createMetricsObserver()
 * await using catalog = await openCatalog({ root: './models', observer })
 * console.log(await catalog.count(), observer.read().conflicts) // 0 0
 * ```
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
