import type { Figure, Skipped } from './figure.ts'
import type { Workspace } from './workspace.ts'

/** How thoroughly to measure. */
export interface Settings {
  readonly rounds: number
  readonly isQuick: boolean
  readonly workspace: Workspace
}

export type Results = readonly (Figure | Skipped)[]

/** One group of figures, by a name that `--only` takes. */
export type Benchmarks = Readonly<Record<string, (settings: Settings) => Promise<Results>>>
