import type { Capability } from '@catalog/testkit/running'
import type { Random } from './random.ts'
import type { Workspace } from './workspace.ts'

export interface TortureOptions {
  readonly workspace: Workspace
  readonly random: Random
  /** Seconds instead of minutes. */
  readonly isShort: boolean
}

export interface TortureReport {
  /** What was done, for the one line that is printed. */
  readonly counts: Readonly<Record<string, number | string>>
  /** Promises that did not hold; none is what the run is for. */
  readonly breaks: readonly string[]
}

export interface TortureRun {
  /** Capabilities of the machine without which it cannot run. */
  readonly needs: readonly Capability[]
  play(options: TortureOptions): Promise<TortureReport>
}
