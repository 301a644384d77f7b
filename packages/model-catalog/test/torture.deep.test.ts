import { lacks, seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { describeTally } from '../torture/describe-tally.ts'
import { playCatalog } from '../torture/play-catalog.ts'

const SECONDS = 20

// `pnpm test:torture:catalog` plays it for ten minutes.
it.skipIf(lacks('ext4', 'xfs', 'python3'))(
  'in short, no unread bytes are resolved while processes die, disks move and files are exchanged',
  async () => {
    const seed = seedOfRun()
    const tally = await playCatalog({ seconds: SECONDS, seed })
    console.info(describeTally(tally, seed))
    expect(tally.breaks).toEqual([])
  },
)
