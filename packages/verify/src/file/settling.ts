/**
 * Linux before 6.13 stamps ctime from a clock that moves every 1–10 ms, Windows every 16 ms. Two changes within
 * one such step leave the same ctime, so the second cannot be seen. Twenty milliseconds is longer than each.
 */
export const CTIME_STEP_MS: number = 20

/**
 * How long to wait, in milliseconds, until any further change to a file must give it another ctime: 0 for a
 * file whose last change is old. A ctime in the future (another machine's clock) gives one full step.
 */
export function settlingMs(ctimeNs: bigint, nowMs: number): number {
  const ageMs = nowMs - Number(ctimeNs / 1_000_000n)
  if (ageMs >= CTIME_STEP_MS) return 0
  return Math.min(CTIME_STEP_MS, CTIME_STEP_MS - ageMs)
}
