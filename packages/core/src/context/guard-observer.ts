import type { CatalogObserver } from '@catalog/types'

/** An observer that passes every event on and drops what the other throws: a metric must not fail a write. */
export function guardObserver(observer: CatalogObserver = {}): Required<CatalogObserver> {
  // Stryker disable OptionalChaining: without it the TypeError of a missing method is dropped like any other.
  return {
    onOperation: (event) => dropErrors(() => observer.onOperation?.(event)),
    onVerification: (event) => dropErrors(() => observer.onVerification?.(event)),
    onConflict: (event) => dropErrors(() => observer.onConflict?.(event)),
    onAudit: (event) => dropErrors(() => observer.onAudit?.(event)),
  }
}

function dropErrors(notify: () => unknown): void {
  try {
    // An async function passes for an observer, and its rejection would end the process.
    Promise.resolve(notify()).catch(() => {})
  } catch {}
}
