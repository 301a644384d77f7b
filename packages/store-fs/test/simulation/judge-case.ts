import { isCatalogError } from '@catalog/types'
import {
  type CaseResult,
  FAULTS,
  type FaultCase,
  isOutcomeKnown,
  isShortWrite,
  type Operation,
  runCase,
} from './fault-cases.ts'
import { describeFreshly } from './fresh-store.ts'
import { Random } from './random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

/** The catalog before an operation, and after it. */
export interface States {
  readonly before: string
  readonly after: string
}

/** Runs an operation without a fault. Returns its calls and the catalog before and after it. */
export async function rehearse(
  origin: SimulatedDisk,
  operation: Operation,
): Promise<States & Pick<CaseResult, 'calls'>> {
  const prepared = origin.clone()
  await runCase(prepared, { ...operation, act: async (_, store) => store }, undefined)
  const done = origin.clone()
  const { calls } = await runCase(done, operation, undefined)
  return { calls, before: await describeFreshly(prepared), after: await describeFreshly(done) }
}

/**
 * Makes every call of an operation fail in every way. `oneIn: 10` tries every tenth of these cases. Returns how many it
 * tried and the problems that it found.
 */
export async function failEveryCall(
  origin: SimulatedDisk,
  operation: Operation,
  { oneIn = 1 }: { oneIn?: number } = {},
): Promise<{ cases: number; broken: readonly string[] }> {
  const { before, after, calls } = await rehearse(origin, operation)
  const broken: string[] = []
  let cases = 0
  for (const [index, faultCase] of [...inventCases(calls)].entries()) {
    if (index % oneIn !== 0) continue
    const found = await judgeCase(origin.clone(), operation, faultCase, { before, after })
    if (found !== undefined) cases += 1
    for (const problem of found ?? []) broken.push(`${JSON.stringify(faultCase)}: ${problem}`)
  }
  return { cases, broken }
}

/** Every fault at every call where it is possible: only an append can be cut short. */
function* inventCases(calls: CaseResult['calls']): Generator<FaultCase> {
  for (const [index, kind] of calls.entries()) {
    const faults = FAULTS.filter((fault) => kind === 'append' || !isShortWrite(fault))
    for (const fault of faults) for (const lasts of [false, true]) yield { from: index + 1, fault, lasts }
  }
}

/** What is wrong after one fault; undefined where it never came to it. */
async function judgeCase(
  disk: SimulatedDisk,
  operation: Operation,
  faultCase: FaultCase,
  { before, after }: States,
): Promise<string[] | undefined> {
  const { isReached, error, closeError, openFiles } = await runCase(disk, operation, faultCase)
  if (!isReached) return undefined
  const problems: string[] = []
  for (const found of [error, closeError]) {
    if (found !== undefined && !isCatalogError(found)) problems.push(`untyped ${String(found)}`)
    if (isCatalogError(found, 'DAMAGED')) problems.push(String(found))
  }
  // What was written of it can be made void, so that the outcome is known.
  if (isShortWrite(faultCase.fault) && !faultCase.lasts && isCatalogError(error) && !isOutcomeKnown(error)) {
    problems.push(`a short write alone left the outcome unknown: ${error}`)
  }
  if (openFiles > 0) problems.push(`${openFiles} files left open`)
  const allowed = new Set(error === undefined ? [after] : isOutcomeKnown(error) ? [before] : [before, after])
  for (const [how, crashed] of [
    ['as it is', disk.clone()],
    ['after a power cut', cut(disk, faultCase)],
  ] as const) {
    const state = await describeFreshly(crashed).catch(String)
    if (!allowed.has(state)) problems.push(`${how}: ${state}, after ${String(error)}`)
  }
  return problems
}

function cut(disk: SimulatedDisk, { from }: FaultCase): SimulatedDisk {
  const crashed = disk.clone()
  crashed.cutPower(new Random(from), 'ordered')
  return crashed
}
