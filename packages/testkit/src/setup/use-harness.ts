import { afterEach, beforeEach } from 'vitest'

/** What a test has for itself. */
interface Harness {
  /** Removes what the test left behind. */
  dispose(): Promise<void>
}

/** A new harness for each test of the current `describe`, disposed of after it. */
export function useHarness<Made extends Harness>(create: () => Promise<Made>): () => Made {
  let harness: Made | undefined
  beforeEach(async () => {
    harness = await create()
  })
  afterEach(async () => {
    await harness?.dispose()
    harness = undefined
  })
  return () => {
    if (harness === undefined) throw new Error('the harness exists only while a test runs')
    return harness
  }
}
