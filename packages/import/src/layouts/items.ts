import type { Candidate, ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { type ScanProblem, toScanProblem } from '../candidate/scan-problem.ts'

export function toItem(candidate: Candidate): ScanItem {
  return { kind: 'candidate', candidate }
}

export function toProblemItem(problem: ScanProblem): ScanItem {
  return { kind: 'problem', problem }
}

/** What the work gives; if it ends with an UnusableError, that problem alone. */
export async function orProblem(
  layout: LayoutName,
  model: string | undefined,
  work: () => Promise<readonly ScanItem[]>,
): Promise<readonly ScanItem[]> {
  try {
    return await work()
  } catch (error) {
    return [toProblemItem(toScanProblem(error, layout, model))]
  }
}
