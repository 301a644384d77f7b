import { setTimeout as wait } from 'node:timers/promises'

/** How often and how long after each other a source is asked again. */
export interface RetryOptions {
  /** How many attempts in a row may bring nothing. Default 6. */
  readonly attempts?: number | undefined
  /** The longest wait after the first, in milliseconds; doubled after each. Default 1 s. */
  readonly firstMs?: number | undefined
  /** The longest that is waited for a source, in milliseconds: one that asks for more is left for later. Default 2 min. */
  readonly mostMs?: number | undefined
}

export const DEFAULT_ATTEMPTS = 6
const DEFAULT_FIRST_MS = 1000
export const DEFAULT_MOST_MS = 2 * 60 * 1000

/**
 * How long to wait after so many attempts that brought nothing. A random part of the whole (full jitter), so that those who failed
 * together do not come back together; at least what the source asks for.
 */
export function toDelayMs(
  attempt: number,
  retryAfterMs: number | undefined,
  { firstMs = DEFAULT_FIRST_MS, mostMs = DEFAULT_MOST_MS }: RetryOptions,
): number {
  const widest = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return Math.min(mostMs, retryAfterMs ?? 0) + Math.random() * widest
}

/** Waits; rejects with the signal's reason once that is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
