import { availableParallelism } from 'node:os'
import { untilDone } from './crowd.ts'
import { Ledger } from './ledger.ts'
import type { SimulationJob } from './programs/simulate.ts'
import type { TortureOptions, TortureReport } from './run.ts'

/** Three writers and a reader on a simulated machine, in the orders and with the faults that a seed makes. */
export function simulation({ isShort, ...options }: TortureOptions): Promise<TortureReport> {
  const count = isShort ? 40 : 100_000
  return playOnAllCores(options, (seed, _, of) => ({ play: 'schedules', seed, count: Math.ceil(count / of) }))
}

/** Power cuts at moments of a workload, each with another part of what was not synced gone. */
export function unsynced({ isShort, ...options }: TortureOptions): Promise<TortureReport> {
  const count = isShort ? 40 : 20_000
  return playOnAllCores(options, (seed, _, of) => ({
    play: 'power cuts',
    seed,
    count: Math.ceil(count / of),
  }))
}

/** Every call of every operation fails in every way, and every call is the last one of its process. */
export async function calls({ isShort, ...options }: TortureOptions): Promise<TortureReport> {
  const powerCuts = 40
  return await playOnAllCores(options, (seed, share, of) =>
    // In short only one operation on one disk for each core: the tests of the simulation play them all.
    isShort
      ? { play: 'every call', seed, share: share * 7, of: 18, powerCuts: 2 }
      : { play: 'every call', seed, share, of, powerCuts },
  )
}

async function playOnAllCores(
  { workspace, random }: Omit<TortureOptions, 'isShort'>,
  jobOf: (seed: number, share: number, of: number) => SimulationJob,
): Promise<TortureReport> {
  const ledger = new Ledger()
  const cores = availableParallelism()
  await Promise.all(
    Array.from({ length: cores }, async (_, share) => {
      const job = jobOf(random.between(0, 2 ** 31), share, cores)
      const program = workspace.start<SimulationJob>('simulate', job, (line) => ledger.take(line))
      await untilDone(ledger, `simulation ${share}`, program)
    }),
  )
  return { counts: ledger.counts, breaks: ledger.breaks }
}
