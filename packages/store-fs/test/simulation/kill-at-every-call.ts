import type { CatalogStore } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { immediateOrder } from './call-order.ts'
import { type Operation, registration } from './fault-cases.ts'
import { checkRecovery, describeFreshly } from './fresh-store.ts'
import { rehearse, type States } from './judge-case.ts'
import { Observations } from './observations.ts'
import { ROOT } from './origins.ts'
import { Random } from './random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedProcess } from './simulated-process.ts'

/** Shares of an append that are written before the end. */
const SHARES = [1, 0.5, 0]

/** Who goes on: a store that was open before, one opened afterwards, or nobody. */
type Survivor = 'a follower' | 'an opener' | 'nobody'
const SURVIVORS: readonly Survivor[] = ['a follower', 'an opener', 'nobody']

/**
 * Kills the process of an operation at each of its calls, lets another go on, and cuts the power so many times: how
 * many kills that are, and what was lost after which.
 */
export async function killAtEveryCall(
  origin: SimulatedDisk,
  operation: Operation,
  powerCuts: number,
): Promise<{ kills: number; broken: readonly string[] }> {
  const states = await rehearse(origin, operation)
  const broken: string[] = []
  let kills = 0
  for (const { call, survivor, share } of inventKillings(states.calls)) {
    const disk = origin.clone()
    const { acknowledged, isAppend } = await killAt(disk, operation, { call, share, survivor })
    // Of any other call there is nothing to be half done.
    if (!isAppend && share < 1) continue
    const crash = { disk, acknowledged, powerCuts, seed: kills * powerCuts }
    const problems = await findLosses(crash, states)
    broken.push(...problems.map((problem) => `call ${call}, ${share}, ${survivor}: ${problem}`))
    kills += 1
  }
  return { kills, broken }
}

function* inventKillings(calls: number): Generator<{ call: number; survivor: Survivor; share: number }> {
  for (let call = 1; call <= calls; call += 1) {
    for (const survivor of SURVIVORS) for (const share of SHARES) yield { call, survivor, share }
  }
}

interface Killing {
  /** What the survivor was told is applied. */
  readonly acknowledged: readonly string[]
  readonly isAppend: boolean
}

interface Crash {
  readonly disk: SimulatedDisk
  readonly acknowledged: readonly string[]
  readonly powerCuts: number
  readonly seed: number
}

async function killAt(
  disk: SimulatedDisk,
  operation: Operation,
  { call, share, survivor }: { call: number; share: number; survivor: Survivor },
): Promise<Killing> {
  const process = new SimulatedProcess('killed', disk, immediateOrder)
  const prepared = await operation.prepare(process)
  const canFollow = survivor === 'a follower' && prepared !== undefined
  const follower = canFollow ? await openSurvivor(disk) : undefined
  const last = process.calls + call
  let isAppend = false
  process.findFault = ({ number, kind, bytes }) => {
    if (number < last) return undefined
    isAppend = kind === 'append'
    return { kind: 'kill', bytes: Math.floor(share * bytes) }
  }
  void operation.act(process, prepared).catch(() => undefined)
  for (let turn = 0; process.isAlive && turn < 20; turn += 1) await new Promise(setImmediate)
  process.kill()
  if (survivor === 'nobody') return { acknowledged: [], isAppend }
  const store = follower ?? (await openSurvivor(disk))
  await store.commit([registration('survivor')])
  return { acknowledged: ['survivor'], isAppend }
}

/** After a kill alone and after power cuts of all kinds: the old or the new state, and what was acknowledged. */
async function findLosses(
  { disk, acknowledged, powerCuts, seed }: Crash,
  { before, after }: States,
): Promise<string[]> {
  const problems: string[] = []
  for (let cut = 0; cut <= powerCuts; cut += 1) {
    const crashed = disk.clone()
    if (cut > 0) crashed.cutPower(new Random(seed + cut), cut % 2 === 0 ? 'any' : 'ordered')
    const found = await recover(crashed).catch(String)
    const ids = found.split(' ').map((entry) => entry.split('=')[0])
    const missing = acknowledged.filter((id) => !ids.includes(id))
    const rest = found.split(' ').filter((entry) => !acknowledged.some((id) => entry.startsWith(`${id}=`)))
    if (missing.length > 0) problems.push(`lost ${missing} (cut ${cut}): ${found}`)
    else if (![before, after].includes(rest.join(' ')))
      problems.push(`neither old nor new (cut ${cut}): ${found}`)
  }
  return problems
}

/** The entries, once they are known to agree with the journal, and every snapshot with the segments before it. */
async function recover(disk: SimulatedDisk): Promise<string> {
  await checkRecovery(disk, new Observations())
  return await describeFreshly(disk)
}

function openSurvivor(disk: SimulatedDisk): Promise<CatalogStore> {
  return openFileStore({ root: ROOT, disk: new SimulatedProcess('survivor', disk, immediateOrder) })
}
