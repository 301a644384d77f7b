/** What a writer was told about one commit. `unknown`: not at all, or that the outcome is unknown. */
export type ToldOutcome = 'applied' | 'conflict' | 'none' | 'unknown'

/** A commit as its caller saw it. Times are numbers of events, the same for all processes. */
export interface CommitObservation {
  readonly operation: string
  readonly startedAt: number
  endedAt: number
  told: ToldOutcome
  /** Of each change, where it was told; 0 for a removal, which tells none. */
  revisions: readonly number[]
}

/** What a read answered. */
export interface ReadObservation {
  readonly reader: string
  readonly startedAt: number
  readonly endedAt: number
  readonly seen:
    | { readonly kind: 'state'; readonly state: string }
    | { readonly kind: 'entry'; readonly id: string; readonly entry: string | undefined }
    | { readonly kind: 'position'; readonly position: number }
    | { readonly kind: 'changes'; readonly since: number; readonly changes: readonly string[] }
}

/** Everything that the callers of all processes saw, in the order in which they saw it. */
export class Observations {
  readonly commits: CommitObservation[] = []
  /** Of the present boot. */
  reads: ReadObservation[] = []
  /** Errors that no caller should ever see. */
  readonly failures: unknown[] = []
  #now = 0

  tick(): number {
    this.#now += 1
    return this.#now
  }

  /** What was told so far; later tellings do not change it. */
  copy(): Observations {
    const copy = new Observations()
    copy.commits.push(...this.commits.map((commit) => ({ ...commit })))
    copy.reads = [...this.reads]
    return copy
  }

  startCommit(operation: string): CommitObservation {
    const commit: CommitObservation = {
      operation,
      startedAt: this.tick(),
      endedAt: Number.POSITIVE_INFINITY,
      told: 'unknown',
      revisions: [],
    }
    this.commits.push(commit)
    return commit
  }
}
