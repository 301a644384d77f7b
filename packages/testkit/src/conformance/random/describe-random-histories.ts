import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { scaleRuns } from '../../running/random-runs.ts'
import { CatalogFixture, type ConformanceOptions, type CreateStoreHarness } from '../store/store-harness.ts'
import { type CatalogCommand, catalogCommands } from './catalog-commands.ts'
import { ReferenceCatalog } from './reference-catalog.ts'

/** Random commits, readings and reopenings against a reference. A failure prints its seed and the least history. */
export function describeRandomHistories(
  createHarness: CreateStoreHarness,
  { numRuns = scaleRuns(50), seed }: ConformanceOptions,
): void {
  describe('random histories', () => {
    it('does what the reference does', async () => {
      const probe = await createHarness()
      await probe.dispose()
      const histories = catalogCommands(probe.reopenIsDurable)
      const property = fc.asyncProperty(histories, (commands) => play(createHarness, commands))
      await fc.assert(property, seed === undefined ? { numRuns } : { numRuns, seed })
    })
  })
}

async function play(createHarness: CreateStoreHarness, commands: Iterable<CatalogCommand>): Promise<void> {
  const fixture = new CatalogFixture(await createHarness())
  try {
    const stores = [await fixture.open(), await fixture.open()]
    await fc.asyncModelRun(() => ({ model: new ReferenceCatalog(), real: { fixture, stores } }), commands)
  } finally {
    await fixture.dispose()
  }
}
