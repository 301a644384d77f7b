// Plays its share of what the tests of the simulated machine play in short. A failure names the seed that replays it.
import { OPERATIONS } from '../../test/simulation/fault-cases.ts'
import { failEveryCall } from '../../test/simulation/judge-case.ts'
import { killAtEveryCall } from '../../test/simulation/kill-at-every-call.ts'
import { loseUnsynced } from '../../test/simulation/lose-unsynced.ts'
import { ORIGIN_NAMES, prepareOrigins } from '../../test/simulation/origins.ts'
import { runSchedules } from '../../test/simulation/run-schedules.ts'
import { readJob, report } from './report.ts'

export type SimulationJob =
  | { readonly play: 'schedules' | 'power cuts'; readonly seed: number; readonly count: number }
  | {
      readonly play: 'every call'
      readonly seed: number
      /** The operations whose index modulo `of` is `share`. */
      readonly share: number
      readonly of: number
      readonly powerCuts: number
    }

const job = readJob<SimulationJob>()
try {
  report({ kind: 'counts', counts: await play() })
} catch (error) {
  report({ kind: 'broken', what: error instanceof Error ? error.message : String(error) })
}

async function play(): Promise<Readonly<Record<string, number>>> {
  switch (job.play) {
    case 'schedules':
      return (await runSchedules(job.seed, job.count)).counts
    case 'power cuts':
      return { 'subsets of unsynced bytes and names': await loseUnsynced(job.seed, job.count) }
    case 'every call':
      return await faultEveryCall(job)
    default:
      throw new TypeError(`nothing to play: ${job satisfies never}`)
  }
}

/** Of all operations on all disks. */
async function faultEveryCall({
  seed,
  share,
  of,
  powerCuts,
}: Extract<SimulationJob, { play: 'every call' }>): Promise<Record<string, number>> {
  const origins = await prepareOrigins()
  const all = ORIGIN_NAMES.flatMap((origin) => OPERATIONS.map((operation) => ({ origin, operation })))
  const counts = { 'failed calls': 0, 'kills at a call': 0, 'power cuts after them': 0 }
  for (const { origin, operation } of all.filter((_, index) => index % of === share)) {
    const failed = await failEveryCall(origins[origin], operation)
    const killed = await killAtEveryCall(origins[origin], operation, { powerCuts, seed })
    for (const problem of [...failed.broken, ...killed.broken]) {
      report({ kind: 'broken', what: `${operation.name} on ${origin}: ${problem}` })
    }
    counts['failed calls'] += failed.cases
    counts['kills at a call'] += killed.kills
    counts['power cuts after them'] += killed.kills * powerCuts
  }
  return counts
}
