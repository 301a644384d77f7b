import { setTimeout } from 'node:timers/promises'
import { bytes } from './bytes.ts'
import { crowd } from './crowd.ts'
import { full } from './full.ts'
import { kills } from './kills.ts'
import { mutations } from './mutations.ts'
import { namespaces } from './namespaces.ts'
import { power } from './power.ts'
import { createRandom } from './random.ts'
import { rotation } from './rotation.ts'
import type { TortureReport, TortureRun } from './run.ts'
import { calls, simulation, unsynced } from './simulation.ts'
import type { Workspace } from './workspace.ts'

export type TortureName =
  | 'simulation'
  | 'calls'
  | 'unsynced'
  | 'kills'
  | 'crowd'
  | 'rotation'
  | 'power'
  | 'full'
  | 'namespaces'
  | 'bytes'
  | 'mutations'

export const TORTURE_RUNS: Readonly<Record<TortureName, TortureRun>> = {
  simulation,
  calls,
  unsynced,
  kills,
  crowd,
  rotation,
  power,
  full,
  namespaces,
  bytes,
  mutations,
}

export interface PlayedRun {
  readonly report: TortureReport
  /** The name, all counts, the seed and the time. */
  readonly line: string
}

/** Plays one run in a workspace, with the seed in SEED or a new one. */
export async function playRun(
  name: TortureName,
  { workspace, isShort }: { workspace: Workspace; isShort: boolean },
): Promise<PlayedRun> {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  const startedAt = performance.now()
  const report = await endInTime(
    TORTURE_RUNS[name]({ workspace, random: createRandom(seed), isShort }),
    isShort,
  )
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const counts = Object.entries(report.counts).map(([what, count]) => `${count} ${what}`)
  const line = `${name}: ${counts.join(', ')}, ${report.breaks.length} broken promises, SEED=${seed}, ${seconds} s`
  return { report, line }
}

/** A run that something has got stuck in counts as broken; disposing of its workspace ends what still runs. */
async function endInTime(run: Promise<TortureReport>, isShort: boolean): Promise<TortureReport> {
  const limitMs = isShort ? 60_000 : 1_200_000
  const limit = new AbortController()
  const stuck = setTimeout(limitMs, undefined, { signal: limit.signal }).then((): TortureReport => {
    return { counts: {}, breaks: [`stuck: not at its end after ${limitMs / 1000} s`], skipped: [] }
  })
  // Called off, or late: whichever of the two comes second has nobody to tell.
  stuck.catch(() => undefined)
  run.catch(() => undefined)
  try {
    return await Promise.race([run, stuck])
  } finally {
    limit.abort()
  }
}
