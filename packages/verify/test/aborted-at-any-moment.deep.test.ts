import { lacks, scaleRuns } from '@catalog/testkit/running'
import { it } from 'vitest'
import { expectClosedWhenGivenUp } from './given-up-readings.ts'

it.skipIf(lacks('proc'))(
  'given up at any moment, a file is closed, and the next reading is right',
  async () => {
    await expectClosedWhenGivenUp(scaleRuns(100))
  },
)
