import { setTimeout } from 'node:timers/promises'
import { seedOfRun } from '@catalog/testkit/running'
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
  | 'power-ext4'
  | 'power-xfs'
  | 'full-tmpfs'
  | 'full-ext4'
  | 'namespaces'
  | 'bytes'
  | 'mutations'

export const TORTURE_RUNS: Readonly<Record<TortureName, TortureRun>> = {
  simulation: { needs: [], play: simulation },
  calls: { needs: [], play: calls },
  unsynced: { needs: [], play: unsynced },
  kills: { needs: ['posix'], play: kills },
  crowd: { needs: [], play: crowd },
  rotation: { needs: ['posix'], play: rotation },
  'power-ext4': { needs: ['ext4', 'python3'], play: (options) => power('ext4', options) },
  'power-xfs': { needs: ['xfs', 'python3'], play: (options) => power('xfs', options) },
  'full-tmpfs': { needs: ['tmpfs'], play: (options) => full('tmpfs', options) },
  'full-ext4': { needs: ['ext4'], play: (options) => full('ext4', options) },
  namespaces: { needs: ['namespaces'], play: namespaces },
  bytes: { needs: [], play: bytes },
  mutations: { needs: [], play: mutations },
}

/** A run that takes longer counts as stuck. Not for short runs: Vitest ends those. */
const LIMIT_MS = 1_200_000

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
  const seed = seedOfRun()
  const startedAt = performance.now()
  const run = TORTURE_RUNS[name].play({ workspace, random: createRandom(seed), isShort })
  const report = await (isShort ? run : endInTime(run))
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const counts = Object.entries(report.counts).map(([what, count]) => `${count} ${what}`)
  const line = `${name}: ${counts.join(', ')}, ${report.breaks.length} broken promises, SEED=${seed}, ${seconds} s`
  return { report, line }
}

/** A run that something has got stuck in counts as broken; disposing of its workspace ends what still runs. */
async function endInTime(run: Promise<TortureReport>): Promise<TortureReport> {
  const limit = new AbortController()
  const stuck = setTimeout(LIMIT_MS, undefined, { signal: limit.signal }).then((): TortureReport => {
    return { counts: {}, breaks: [`stuck: not at its end after ${LIMIT_MS / 1000} s`] }
  })
  // Called off, or late: no caller awaits the second of the two.
  stuck.catch(() => undefined)
  run.catch(() => undefined)
  try {
    return await Promise.race([run, stuck])
  } finally {
    limit.abort()
  }
}
