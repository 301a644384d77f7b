/** How several items are worked on. */
export interface OrderedWork<T, R> {
  /** How many at the same time. */
  readonly parallel: number
  work(item: T, index: number): Promise<R>
  /** Called with each result in the order of the items, as soon as all before it are there. */
  tell(result: R, item: T): void
}

/**
 * Works on several items at a time, and gives the results in the order of the items. After an error nothing is begun
 * any more; it rejects once what is under way has ended.
 */
export async function workInOrder<T, R>(
  items: readonly T[],
  { parallel, work, tell }: OrderedWork<T, R>,
): Promise<readonly R[]> {
  const done = new Map<number, R>()
  const results: R[] = []
  const left = items.entries()
  let isFailed = false
  const runLane = async (): Promise<void> => {
    for (const [index, item] of left) {
      if (isFailed) return
      try {
        done.set(index, await work(item, index))
      } catch (error) {
        isFailed = true
        throw error
      }
      tellNext()
    }
  }
  const tellNext = (): void => {
    for (const item of items.slice(results.length)) {
      const index = results.length
      const result = done.get(index)
      if (result === undefined) return
      done.delete(index)
      results.push(result)
      tell(result, item)
    }
  }
  const lanes = Array.from({ length: Math.min(parallel, items.length) }, runLane)
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return results
}
