import { describe, it } from 'vitest'
import { checkRecovery } from './fresh-store.ts'
import { prepareOrigins } from './origins.ts'
import { Random } from './random.ts'
import { recordWorkload } from './record-workload.ts'

const SUBSETS = process.env['SCHEDULES'] === undefined ? 200 : 20_000
const FIRST_SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const MOMENTS = 4
const SUBSETS_OF_A_MOMENT = 5

describe('a power cut at any moment, whatever it takes of what was not synced', () => {
  it('leaves all that was acknowledged, and opens without help', { timeout: 0 }, async () => {
    const origins = await prepareOrigins()
    let checked = 0
    for (let seed = FIRST_SEED; checked < SUBSETS; seed += 1) {
      for (const { step, disk, observations } of await recordWorkload(seed, origins, MOMENTS)) {
        for (let subset = 0; subset < SUBSETS_OF_A_MOMENT; subset += 1) {
          const cut = disk.clone()
          cut.cutPower(new Random(seed + subset * 7919), subset % 2 === 0 ? 'any' : 'ordered')
          await checkRecovery(cut, observations).catch((cause: unknown) => {
            throw new Error(`SEED=${seed} step ${step} subset ${subset}: ${String(cause)}`, { cause })
          })
          checked += 1
        }
      }
    }
    console.log(`lost-unsynced: first seed ${FIRST_SEED}, ${checked} subsets`)
  })
})
