/** The name that a misspelt one was most likely meant to be; undefined if none is near. */
export function findNearestName(written: string, names: readonly string[]): string | undefined {
  const places = names.map((name) => ({ name, edits: countEdits(written.toLowerCase(), name.toLowerCase()) }))
  const [nearest] = places.sort((a, b) => a.edits - b.edits)
  const isNear = nearest !== undefined && nearest.edits <= Math.max(1, Math.floor(nearest.name.length / 3))
  return isNear ? nearest.name : undefined
}

/** The optimal string alignment distance: insertions, deletions, replacements, and swaps of two neighbours. */
function countEdits(a: string, b: string): number {
  // What is this much longer is not near, and may be very long.
  if (Math.abs(a.length - b.length) > b.length) return Number.POSITIVE_INFINITY
  let [beforeLast, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= a.length; row += 1) {
    const edits = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      const isSwap = row > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const [left = 0, above = 0, diagonal = 0] = [edits[column - 1], last?.[column], last?.[column - 1]]
      const ways = [left + 1, above + 1, diagonal + (isSame ? 0 : 1)]
      if (isSwap) ways.push((beforeLast?.[column - 2] ?? 0) + 1)
      edits.push(Math.min(...ways))
    }
    beforeLast = last
    last = edits
  }
  return last?.[b.length] ?? 0
}
