const MOST_SUGGESTIONS = 3

/** The ids that a user who typed `wanted` may have meant, the likeliest first; at most three. */
export function findClosestIds(wanted: string, ids: Iterable<string>): readonly string[] {
  const folded = wanted.toLowerCase()
  const most = Math.max(1, Math.floor(folded.length / 3))
  return [...ids]
    .map((id) => ({ id, distance: distanceTo(folded, id.toLowerCase(), most) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_SUGGESTIONS)
    .map(({ id }) => id)
}

/** Half a name is nearly right: `llama` for `llama-3.1-8b`. */
function distanceTo(wanted: string, id: string, most: number): number {
  if (wanted.length >= 3 && id.includes(wanted)) return 1
  if (Math.abs(wanted.length - id.length) > most) return Number.POSITIVE_INFINITY
  return editDistance(wanted, id)
}

/** Levenshtein's distance by the two-row method of Wagner and Fischer. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const inserted = (current[column - 1] ?? 0) + 1
      const dropped = (above[column] ?? 0) + 1
      current.push(Math.min(replaced, inserted, dropped))
    }
    above = current
  }
  return above[b.length] ?? 0
}
