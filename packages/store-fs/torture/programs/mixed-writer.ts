// Does mixed work on ids that its neighbours work on too, in several lanes at once, until its standard input ends.
import { setTimeout } from 'node:timers/promises'
import { openFileStore } from '../../src/file-store.ts'
import { createLane } from '../lane.ts'
import { toFailedLine } from '../lines.ts'
import { createRandom } from '../random.ts'
import { readJob, report, watchForEnd } from './report.ts'

export interface MixedWriterJob {
  readonly root: string
  readonly name: string
  readonly seed: number
  readonly ids: readonly string[]
  /** How many of its callers commit at once. */
  readonly lanes: number
  readonly paddingBytes: number
  readonly largeShare: number
  readonly segmentBytes?: number
}

/** After a pause others have written meanwhile, and only a fresh read sees it. */
const PAUSE_SHARE = 0.3

const job = readJob<MixedWriterJob>()
const watch = watchForEnd()
try {
  const startedAt = performance.now()
  const { root, segmentBytes } = job
  const store = await openFileStore({ root, segmentBytes })
  report({ kind: 'opened', ms: Math.round(performance.now() - startedAt) })

  const runLane = async (lane: number): Promise<void> => {
    const random = createRandom(job.seed + lane)
    const step = createLane({ ...job, store, name: `${job.name}-${lane}`, random, report })
    while (!watch.isOver) {
      if (random.chance(PAUSE_SHARE)) await setTimeout(random.between(1, 20))
      if ((await step()) === 'failed') return
    }
  }
  await Promise.all(Array.from({ length: job.lanes }, (_, lane) => runLane(lane)))
  await store.close()
} catch (error) {
  report(toFailedLine(error))
}
// The pipe of standard input keeps a writer alive whose lanes have all failed.
process.stdin.destroy()
