/** Room `commands/import`: adopting the models that other tools keep on this machine. */

import { setTimeout } from 'node:timers/promises'
import type { Invocation } from '../../options/invocation.ts'

/** A store is looked at again after this time, or after ten times what a look takes. */
const LEAST_PAUSE_MS = 2000
const PAUSE_FACTOR = 10

/** Runs the work again and again, with pauses, until it is interrupted: that is how it ends, and no error. */
export async function repeatUntilInterrupted(
  { signal }: Invocation,
  work: () => Promise<void>,
): Promise<void> {
  try {
    for (;;) {
      const startedAtMs = performance.now()
      await work()
      const tookMs = performance.now() - startedAtMs
      await setTimeout(Math.max(LEAST_PAUSE_MS, tookMs * PAUSE_FACTOR), undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
