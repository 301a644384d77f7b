import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { openFileStore } from '../src/file-store.ts'
import { repairCatalog } from '../src/repair/repair-catalog.ts'
import { idsOf, register } from './commits.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import { Random } from './simulation/random.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'

const DIRECTORY = `${ROOT}/.catalog`
const CUTS = scaleRuns(3)

/** Four registrations and a mark; then a byte of a file is not what it was, and all of it is durable. */
async function createDamaged(name: string, offset: number): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  const store = await open(disk)
  await register(store, 'a', 'b', 'c', 'd')
  await store.close()
  disk.fileAt(`${DIRECTORY}/${name}`)?.damage((bytes) => bytes.fill(0, offset, offset + 1))
  disk.sync()
  return disk
}

function open(disk: SimulatedDisk): ReturnType<typeof openFileStore> {
  return openFileStore({ root: ROOT, disk: new SimulatedProcess('p', disk, immediateOrder) })
}

/** Repairs; killed at a call, if that is given. Returns the number of calls. */
async function repair(disk: SimulatedDisk, killedAt = Number.POSITIVE_INFINITY): Promise<number> {
  const process = new SimulatedProcess('repairer', disk, immediateOrder)
  process.findFault = ({ number, bytes }) => {
    return number === killedAt ? { kind: 'kill', bytes: Math.floor(bytes / 2) } : undefined
  }
  let isOver = false
  const repairing = repairCatalog(ROOT, { disk: process }).finally(() => {
    isOver = true
  })
  while (!isOver && process.isAlive) await new Promise(setImmediate)
  if (isOver) await repairing
  return process.calls
}

function* cutPower(disk: SimulatedDisk): Generator<SimulatedDisk> {
  for (let number = 0; number < CUTS; number += 1) {
    const cut = disk.clone()
    cut.cutPower(new Random(seedOfRun() + number), number % 2 === 0 ? 'any' : 'ordered')
    yield cut
  }
}

describe.each([
  ['journal-000001.jsonl', 1200, ['a', 'b']],
  ['snapshot-000001.jsonl', 100, ['a', 'b', 'c', 'd']],
])('the repair of %s', (name, offset, certain) => {
  /** Whether some file still begins with the bytes that were repaired: a seal may stand behind them. */
  const keepsOriginal = (disk: SimulatedDisk, bytes = '') =>
    disk
      .list(DIRECTORY)
      .some((each) => disk.peek(`${DIRECTORY}/${each}`)?.toString('latin1').startsWith(bytes))

  it('can be made again after a power cut at any call, and keeps the original', async () => {
    const damaged = await createDamaged(name, offset)
    const calls = await repair(damaged.clone())
    for (let call = 1; call <= calls; call += 1) {
      const killed = damaged.clone()
      await repair(killed, call)
      for (const disk of cutPower(killed)) {
        const bytes = damaged.peek(`${DIRECTORY}/${name}`)?.toString('latin1')
        expect(keepsOriginal(disk, bytes), `original, call ${call}`).toBe(true)
        await repair(disk)
        expect(await idsOf(await open(disk)), `call ${call}`).toEqual(certain)
      }
    }
  })

  it('is durable when it is told to be done', async () => {
    const repaired = await createDamaged(name, offset)
    await repair(repaired)
    for (const disk of cutPower(repaired)) expect(await idsOf(await open(disk))).toEqual(certain)
  })
})

describe('the view that a repair moves away', () => {
  it('does not come back with a number that the catalog reaches again', async () => {
    const repaired = await createDamaged('journal-000001.jsonl', 1200)
    await repair(repaired)
    for (const disk of cutPower(repaired)) {
      const store = await open(disk)
      // Two certain records and the seal: one more, and its mark, are as many as there were.
      await register(store, 'new')
      await store.close()
      const view = JSON.parse(disk.peek(`${ROOT}/catalog.json`)?.toString() ?? '') as {
        models: { id: string }[]
      }
      expect(view.models.map(({ id }) => id)).toEqual(['a', 'b', 'new'])
    }
  })
})
