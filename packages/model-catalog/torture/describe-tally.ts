import type { TortureTally } from './crew.ts'

/** All counts, in one line. */
export function describeTally({ counts, breaks }: TortureTally, seed: number): string {
  const unread = breaks.filter((each) => each.startsWith('UNREAD')).length
  const seen = [...counts].map(([what, count]) => `${count} ${what}`).join(', ')
  return `catalog: ${seen}, ${unread} unread bytes resolved, ${breaks.length} broken promises, SEED=${seed}`
}
