/**
 * The watches that are beginning, by the catalog. Where a watch begins only the server knows, so it is asked; a commit that any
 * store of this process makes after the call has to wait for the answer, or the watch would begin after it. That is why this is
 * one for all stores of the process, and not a part of each. It is empty unless a watch is beginning.
 */
const beginning = new Map<string, Set<Promise<unknown>>>()

/** Has later commits to the catalog wait until this is settled. */
export function holdCommits(catalog: string, start: Promise<unknown>): void {
  const starts = beginning.get(catalog) ?? new Set()
  beginning.set(catalog, starts)
  const settled = start.then(
    () => undefined,
    () => undefined,
  )
  starts.add(settled)
  settled.then(() => {
    starts.delete(settled)
    if (starts.size === 0) beginning.delete(catalog)
  })
}

/** Resolves when the watches that are beginning have begun; undefined if there are none. */
export function waitForStarts(catalog: string): Promise<unknown> | undefined {
  const starts = beginning.get(catalog)
  return starts && Promise.all(starts)
}
