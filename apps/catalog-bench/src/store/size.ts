import { rmSync } from 'node:fs'
import type { Commit } from '@catalog/types'
import { measureInRounds } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import type { Catalogs } from './catalogs.ts'
import { measureCommitRate } from './commit-rate.ts'
import { openOurs } from './committers.ts'
import { changeShare, registerAndChange, type Share } from './models.ts'

const FEW = 100
const MANY = 100_000

/** What a commit costs in a large catalog and in a small one. */
export async function measureSize(settings: Settings, catalogs: Catalogs): Promise<Results> {
  return [
    await compare(settings, catalogs, { name: 'one caller changes', callers: 1, commitsOf: changeShare }),
    await compare(settings, catalogs, { name: '64 callers change', callers: 64, commitsOf: changeShare }),
    await compare(settings, catalogs, { name: '64 callers register', callers: 64, commitsOf: registerMore }),
  ]
}

interface Workload {
  readonly name: string
  readonly callers: number
  readonly commitsOf: (share: Share) => Iterator<Commit>
}

function registerMore({ caller }: Share): Iterator<Commit> {
  return registerAndChange(`caller-${caller}`)
}

async function compare(
  { rounds, isQuick }: Settings,
  catalogs: Catalogs,
  { name, callers, commitsOf }: Workload,
): Promise<Results[number]> {
  const durationMs = isQuick ? 1000 : 3000
  const measureWith = (entries: number) => async (): Promise<number> => {
    const root = await catalogs.copy(entries)
    const committer = await openOurs(root)
    try {
      const load = {
        callers,
        durationMs,
        commitsOf: (caller: number) => commitsOf({ caller, callers, entries }),
      }
      return 1_000_000 / (await measureCommitRate(committer, load)).perSecond
    } finally {
      await committer.close()
      rmSync(root, { recursive: true, force: true })
    }
  }
  const samples = await measureInRounds(rounds, { few: measureWith(FEW), many: measureWith(MANY) })
  return {
    name: `${name}, ${MANY} entries`,
    unit: 'µs/commit',
    ours: samples.median('many'),
    other: { name: `ours with ${FEW}`, value: samples.median('few') },
    ratio: samples.ratio('many', 'few'),
    target: { is: 'at most', value: 1.3 },
  }
}
