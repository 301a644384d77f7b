import { join } from 'node:path'
import { lacks, seedOfRun } from '@catalog/testkit/running'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { audit } from '../torture/audit.ts'
import { Ledger } from '../torture/ledger.ts'
import { playMixture } from '../torture/mixture.ts'
import { createRandom } from '../torture/random.ts'
import { untilSegmentsLater } from '../torture/rotation.ts'
import { Workspace } from '../torture/workspace.ts'

// A small part of the torture run `rotation`. `torture.deep.test.ts` plays more of all runs.
describe.skipIf(lacks('posix'))('three processes that write to the same small segments', () => {
  let workspace: Workspace
  beforeEach(async () => {
    workspace = await Workspace.open(['mixed-writer'])
  })
  afterEach(() => workspace[Symbol.asyncDispose]())

  it('break no promise while some are killed and one is stopped', async () => {
    const ledger = new Ledger()
    const root = join(workspace.path, 'catalog')
    const segmentBytes = 4096
    await playMixture({
      workspace,
      random: createRandom(seedOfRun()),
      ledger,
      root,
      writers: 3,
      kills: 4,
      linesBetweenKills: 20,
      stops: 1,
      untilResumed: () => untilSegmentsLater(join(root, '.catalog'), 2),
      job: {
        ids: Array.from({ length: 8 }, (_, n) => `model-${n}`),
        lanes: 2,
        paddingBytes: 200,
        largeShare: 0,
        segmentBytes,
      },
    })
    const journal = await audit(root, ledger, { segmentBytes })
    expect(ledger.breaks).toEqual([])
    expect(ledger.counts).toMatchObject({ kills: 4, stops: 1 })
    expect(journal?.sealed).toBeGreaterThan(0)
  })
})
