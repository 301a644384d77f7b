import { isCatalogError } from '@catalog/types'
import { FAULTS, type FaultCase, isOutcomeKnown, type Operation, runCase } from './fault-cases.ts'
import { describeFreshly } from './fresh-store.ts'
import { Random } from './random.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

/** The catalog before an operation, and after it. */
export interface States {
  readonly before: string
  readonly after: string
}

/** Runs an operation without a fault, for its states and the number of its calls. */
export async function rehearse(
  origin: SimulatedDisk,
  operation: Operation,
): Promise<States & { calls: number }> {
  const prepared = origin.clone()
  await runCase(prepared, { ...operation, act: async (_, store) => store }, undefined)
  const done = origin.clone()
  const { calls } = await runCase(done, operation, undefined)
  return { calls, before: await describeFreshly(prepared), after: await describeFreshly(done) }
}

/** Makes every call of an operation fail in every way: how many cases that are, and what was wrong in which. */
export async function failEveryCall(
  origin: SimulatedDisk,
  operation: Operation,
): Promise<{ cases: number; broken: readonly string[] }> {
  const { before, after, calls } = await rehearse(origin, operation)
  const broken: string[] = []
  let cases = 0
  for (const faultCase of inventCases(calls)) {
    const found = await judgeCase(origin.clone(), operation, faultCase, { before, after })
    if (found !== undefined) cases += 1
    for (const problem of found ?? []) broken.push(`${JSON.stringify(faultCase)}: ${problem}`)
  }
  return { cases, broken }
}

/** Every fault at every call. */
function* inventCases(calls: number): Generator<FaultCase> {
  for (let from = 1; from <= calls; from += 1) {
    for (const fault of FAULTS) for (const lasts of [false, true]) yield { from, fault, lasts }
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
  if (isLoneShortWrite(faultCase) && isCatalogError(error) && !isOutcomeKnown(error)) {
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

/** What was written of it can be made void, so that the outcome is known. */
function isLoneShortWrite({ fault, lasts }: FaultCase): boolean {
  return !lasts && !fault.startsWith('E')
}

function cut(disk: SimulatedDisk, { from }: FaultCase): SimulatedDisk {
  const crashed = disk.clone()
  crashed.cutPower(new Random(from), 'ordered')
  return crashed
}
