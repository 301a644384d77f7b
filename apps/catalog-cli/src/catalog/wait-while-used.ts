import { isCatalogError, type WaitOptions } from 'model-catalog'
import type { Invocation } from '../options/invocation.ts'

/** Runs what a user of the model may stand in the way of; where asked to, says for whom it waits, and waits. */
export async function waitWhileUsed<T>(
  { output, signal }: Invocation,
  wait: boolean,
  run: (how: WaitOptions) => Promise<T>,
): Promise<T> {
  try {
    return await run({})
  } catch (error) {
    if (!wait || !isCatalogError(error, 'IN_USE')) throw error
    output.note(`catalog: ${error.message}; waiting`)
    return await run({ wait: { signal } })
  }
}
