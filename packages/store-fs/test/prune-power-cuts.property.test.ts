import { scaleRuns, seedOfRun } from '@catalog/testkit/running'
import { expect, it } from 'vitest'
import { openFileStore } from '../src/file-store.ts'
import { pruneHistory } from '../src/history/prune-history.ts'
import { verifyHistory } from '../src/history/verify-history.ts'
import { register } from './commits.ts'
import { immediateOrder } from './simulation/call-order.ts'
import { ROOT } from './simulation/origins.ts'
import { Random } from './simulation/random.ts'
import { SimulatedDisk } from './simulation/simulated-disk.ts'
import { SimulatedProcess } from './simulation/simulated-process.ts'

const CUTS = scaleRuns(2)

it('a power cut while the history is pruned leaves one that can be read', async () => {
  const whole = await createSegments()
  const calls = await prune(whole.clone())
  expect(whole.list(`${ROOT}/.catalog`)).toContain('snapshot-000004.jsonl')
  for (let call = 1; call <= calls; call += 1) {
    const killed = whole.clone()
    await prune(killed, call)
    for (let number = 0; number < CUTS; number += 1) {
      const disk = killed.clone()
      disk.cutPower(new Random(seedOfRun() + number), number % 2 === 0 ? 'any' : 'ordered')
      const process = new SimulatedProcess('reader', disk, immediateOrder)
      const store = await openFileStore({ root: ROOT, disk: process })
      expect(await store.list({})).toHaveLength(10)
      expect((await store.changes(0)).at(-1)).toMatchObject({ id: 'model-9' })
      await store.close()
      expect(await verifyHistory(ROOT, { disk: process }), `call ${call}`).toMatchObject({ ok: true })
    }
  }
})

/** Ten registrations over several segments, all durable. */
async function createSegments(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  const process = new SimulatedProcess('writer', disk, immediateOrder)
  const store = await openFileStore({ root: ROOT, disk: process, segmentBytes: 1 })
  for (let n = 0; n < 10; n += 1) {
    await register(store, `model-${n}`)
    // Sealing goes on behind a commit.
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
  }
  await store.close()
  disk.sync()
  return disk
}

/** Prunes; killed at a call, if that is given. Returns the number of calls. */
async function prune(disk: SimulatedDisk, killedAt = Number.POSITIVE_INFINITY): Promise<number> {
  const process = new SimulatedProcess('pruner', disk, immediateOrder)
  process.findFault = ({ number }) => (number === killedAt ? { kind: 'kill', bytes: 0 } : undefined)
  let isOver = false
  void pruneHistory(ROOT, { disk: process }).finally(() => {
    isOver = true
  })
  while (!isOver && process.isAlive) await new Promise(setImmediate)
  return process.calls
}
