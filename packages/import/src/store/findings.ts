/** Room `store`: what a scan asks of the layout of a tool, and what it has found in a store. */

import type { ScanItem } from '../candidate/candidate.ts'
import { type Found, mergeNames, type NamedModel } from '../candidate/named-model.ts'
import { type ScanProblemKind, toScanProblem } from '../candidate/scan-problem.ts'
import { toItem, toProblemItem } from './items.ts'

/** What is wrong, and where. */
interface Trouble {
  readonly kind: ScanProblemKind
  readonly path: string
  readonly text: string
  readonly model?: string | undefined
}

/** What was found in a store so far: models by their names, and problems. */
export interface Findings {
  add(...models: readonly NamedModel[]): void
  tell(trouble: Trouble): void
  /** What the work gives; undefined if it ends with an UnusableError, which becomes a problem. */
  attempt<T>(model: string | undefined, work: () => Promise<T>): Promise<T | undefined>
  /** The problems, then each model once with all its names. */
  toItems(): readonly ScanItem[]
}

export function createFindings(found: Found): Findings {
  const { layout } = found
  const problems: ScanItem[] = []
  const models: NamedModel[] = []
  return {
    add: (...more) => void models.push(...more),
    tell({ model, ...trouble }) {
      problems.push(toProblemItem({ ...trouble, layout, ...(model !== undefined && { model }) }))
    },
    async attempt(model, work) {
      try {
        return await work()
      } catch (error) {
        problems.push(toProblemItem(toScanProblem(error, layout, model)))
        return undefined
      }
    },
    toItems: () => [...problems, ...mergeNames(models, found).map(toItem)],
  }
}
