import type { CatalogStore } from '@catalog/types'
import { openFileStore } from '../../src/file-store.ts'
import { immediateOrder } from './call-order.ts'
import { type CaseResult, type Operation, registration } from './fault-cases.ts'
import { checkRecovery, describeFreshly } from './fresh-store.ts'
import { rehearse, type States } from './judge-case.ts'
import { Observations } from './observations.ts'
import { ROOT } from './origins.ts'
import { Random } from './random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedProcess } from './simulated-process.ts'

/** Shares of an append that are written before the kill. Other calls cannot be half done. */
const SHARES_OF_APPEND = [1, 0.5, 0]

/** The store that goes on: one that was open before, one opened afterwards, or none. */
type Survivor = 'a follower' | 'an opener' | 'none'
const SURVIVORS: readonly Survivor[] = ['a follower', 'an opener', 'none']

export interface KillOptions {
  /** How many power cuts to try after each kill. */
  readonly powerCuts: number
  /** Decides what the power cuts take. */
  readonly seed: number
  /** 10 tries every tenth kill. Default: 1. */
  readonly oneIn?: number
}

/**
 * Kills the process of an operation at each of its calls, lets another process go on, and cuts the power. Returns how
 * many kills it tried and the losses that it found.
 */
export async function killAtEveryCall(
  origin: SimulatedDisk,
  operation: Operation,
  { powerCuts, seed, oneIn = 1 }: KillOptions,
): Promise<{ kills: number; broken: readonly string[] }> {
  const states = await rehearse(origin, operation)
  const broken: string[] = []
  let kills = 0
  for (const [index, { call, survivor, share }] of [...inventKillings(states.calls)].entries()) {
    if (index % oneIn !== 0) continue
    const disk = origin.clone()
    const acknowledged = await killAt(disk, operation, { call, share, survivor })
    const crash = { disk, acknowledged, powerCuts, seed: seed + index * powerCuts }
    const problems = await findLosses(crash, states)
    broken.push(...problems.map((problem) => `call ${call}, ${share}, ${survivor}: ${problem}`))
    kills += 1
  }
  return { kills, broken }
}

interface Killing {
  readonly call: number
  readonly survivor: Survivor
  readonly share: number
}

function* inventKillings(calls: CaseResult['calls']): Generator<Killing> {
  for (const [index, kind] of calls.entries()) {
    const shares = kind === 'append' ? SHARES_OF_APPEND : [1]
    for (const survivor of SURVIVORS) for (const share of shares) yield { call: index + 1, survivor, share }
  }
}

interface Crash {
  readonly disk: SimulatedDisk
  /** What the survivor was told was applied. */
  readonly acknowledged: readonly string[]
  readonly powerCuts: number
  readonly seed: number
}

/** Resolves to what the survivor was told was applied. */
async function killAt(
  disk: SimulatedDisk,
  operation: Operation,
  { call, share, survivor }: Killing,
): Promise<readonly string[]> {
  const process = new SimulatedProcess('killed', disk, immediateOrder)
  const prepared = await operation.prepare(process)
  const canFollow = survivor === 'a follower' && prepared !== undefined
  const follower = canFollow ? await openSurvivor(disk) : undefined
  const last = process.calls + call
  process.findFault = ({ number, bytes }) => {
    return number < last ? undefined : { kind: 'kill', bytes: Math.floor(share * bytes) }
  }
  void operation.act(process, prepared).catch(() => undefined)
  for (let turn = 0; process.isAlive && turn < 20; turn += 1) await new Promise(setImmediate)
  process.kill()
  if (survivor === 'none') return []
  const store = follower ?? (await openSurvivor(disk))
  await store.commit([registration('survivor')])
  return ['survivor']
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
