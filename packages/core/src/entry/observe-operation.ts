import { isCatalogError, type OperationOutcome, parseModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'

/** What is observed: the operation, and the id and the signal as the caller gave them, unchecked. */
export interface ObservedOperation {
  readonly operation: string
  readonly id: unknown
  readonly signal?: AbortSignal | undefined
}

/** Runs a public write operation and tells the observer of its end, whichever it is. */
export async function observeOperation<T>(
  { observer, monotonicMs }: CatalogContext,
  { operation, id, signal }: ObservedOperation,
  run: () => Promise<T>,
): Promise<T> {
  const startedMs = monotonicMs()
  const report = (outcome: OperationOutcome): void =>
    observer.onOperation({ operation, id: toShownId(id), outcome, durationMs: monotonicMs() - startedMs })
  try {
    const result = await run()
    report('ok')
    return result
  } catch (error) {
    report(toOutcome(error, signal))
    throw error
  }
}

function toOutcome(error: unknown, signal: AbortSignal | undefined): OperationOutcome {
  if (signal?.aborted === true && error === signal.reason) return 'aborted'
  return isCatalogError(error) ? error.code : 'error'
}

/** The id, or nothing where it is none: what stands in its place could be a source with credentials. */
function toShownId(id: unknown): string {
  try {
    return parseModelId(id)
  } catch {
    return ''
  }
}
