/** As many calls as the threads of Node.js can work on, and some that wait for them. */
const MAX_AT_ONCE = 16

/** The results of asynchronous work in the order of the items, a few at a time. */
export async function mapInOrder<T, U>(
  items: readonly T[],
  work: (item: T) => Promise<U>,
): Promise<readonly U[]> {
  const results: U[] = []
  for (let start = 0; start < items.length; start += MAX_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + MAX_AT_ONCE).map(work))))
  }
  return results
}
