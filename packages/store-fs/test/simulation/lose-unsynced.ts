import { checkRecovery } from './fresh-store.ts'
import { prepareOrigins } from './origins.ts'
import { Random } from './random.ts'
import { recordWorkload } from './record-workload.ts'

const MOMENTS = 4
const SUBSETS_OF_A_MOMENT = 5

/**
 * Cuts the power at moments of a workload, each time with another part of what was not synced gone, and opens what is
 * left. How many it tried; rejects where one broke a promise.
 */
export async function loseUnsynced(firstSeed: number, least: number): Promise<number> {
  const origins = await prepareOrigins()
  let tried = 0
  for (let seed = firstSeed; tried < least; seed += 1) {
    for (const { step, disk, observations } of await recordWorkload(seed, origins, MOMENTS)) {
      for (let subset = 0; subset < SUBSETS_OF_A_MOMENT; subset += 1) {
        const cut = disk.clone()
        cut.cutPower(new Random(seed + subset * 7919), subset % 2 === 0 ? 'any' : 'ordered')
        await checkRecovery(cut, observations).catch((cause: unknown) => {
          throw new Error(`SEED=${seed} step ${step} subset ${subset}: ${String(cause)}`, { cause })
        })
        tried += 1
      }
    }
  }
  return tried
}
