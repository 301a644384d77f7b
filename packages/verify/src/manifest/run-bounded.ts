/**
 * Runs the work over all items, at most `limit` at a time and in their order. The first failure aborts `cancel` with
 * its error. However it ends, no work is running any more; it rejects with what `cancel` was aborted with.
 */
export async function runBounded<T>(
  items: readonly T[],
  { limit, cancel }: { limit: number; cancel: AbortController },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const remaining = items.values()
  const runLane = async (): Promise<void> => {
    for (const item of remaining) {
      if (cancel.signal.aborted) return
      await work(item).catch((error) => cancel.abort(error))
    }
  }
  await Promise.all(Array.from({ length: limit }, runLane))
  cancel.signal.throwIfAborted()
}
