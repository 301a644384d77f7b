import { join } from 'node:path'
import type { Candidate, ScanItem } from '../candidate/candidate.ts'
import type { LayoutName } from '../candidate/layout-name.ts'
import { type ScanProblem, toScanProblem } from '../candidate/scan-problem.ts'

const CONTROL = /\p{Cc}/u

/** A model that a catalog can have. It has no path that would run away with a terminal. */
export function toItem(candidate: Candidate): ScanItem {
  const { layout, name: model, location, files = [] } = candidate
  const path = [location, ...files.map((file) => join(location, file.path))].find((each) =>
    CONTROL.test(each),
  )
  if (path === undefined) return { kind: 'candidate', candidate }
  const text = 'has control characters in its name, which a catalog does not accept'
  return toProblemItem({ kind: 'unusable-name', layout, path, text, model })
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
