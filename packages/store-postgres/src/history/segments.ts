/** The history is one table: its segments are ranges of so many positions, counted from where it begins. */

/** How many segments there are up to a position. */
export function countSegments(keptAfter: number, position: number, length: number): number {
  return Math.floor((position - keptAfter) / length) + 1
}

/** The number of the segment of a record, from 1. */
export function segmentOf(keptAfter: number, position: number, length: number): number {
  return Math.floor((position - keptAfter - 1) / length) + 1
}
