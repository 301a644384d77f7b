import { isCatalogError, type OperationOutcome, parseModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'

/** What is observed: the operation, and the id and the options as the caller gave them, unchecked. */
export interface ObservedOperation {
  readonly operation: string
  readonly id: unknown
  readonly options?: unknown
}

/** Runs a public write operation and tells the observer of its end, whichever it is. */
export async function observeOperation<T>(
  { observer, monotonicMs }: CatalogContext,
  { operation, id, options }: ObservedOperation,
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
    report(isReasonOf(options, error) ? 'aborted' : toOutcome(error))
    throw error
  }
}

/** Whether the error is the reason of the signal among the options, which has been aborted. */
function isReasonOf(options: unknown, error: unknown): boolean {
  if (typeof options !== 'object' || options === null || !('signal' in options)) return false
  const { signal } = options
  return signal instanceof AbortSignal && error === signal.reason
}

function toOutcome(error: unknown): OperationOutcome {
  return isCatalogError(error) ? error.code : 'error'
}

/** The id, or an empty string if it is not a valid id, which could be a source with credentials. */
function toShownId(id: unknown): string {
  try {
    return parseModelId(id)
  } catch {
    return ''
  }
}
