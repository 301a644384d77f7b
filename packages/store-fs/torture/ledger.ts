import type { PowerCut } from '@catalog/testkit/running'
import type { Journal } from './journal.ts'
import type { FailedLine, IntentLine, OutcomeLine, ProgramLine } from './lines.ts'

/** All that writers said they would do, and were told that they had done. */
export class Ledger {
  readonly breaks: string[] = []
  readonly failures: FailedLine[] = []
  readonly counts: Record<string, number> = {}
  openings = 0
  slowestOpenMs = 0
  readonly #intents = new Map<string, IntentLine>()
  readonly #outcomes = new Map<string, OutcomeLine>()
  #lastCutAt = Number.NaN
  readonly #failedTokens = new Map<string, FailedLine>()

  take(line: ProgramLine): void {
    switch (line.kind) {
      case 'intent':
        if (this.#intents.has(line.token)) this.breaks.push(`two intents ${line.token}`)
        this.#intents.set(line.token, line)
        return
      case 'outcome':
        this.#outcomes.set(line.token, line)
        return
      case 'failed':
        this.failures.push(line)
        if (line.token !== undefined) this.#failedTokens.set(line.token, line)
        return
      case 'opened':
        this.openings += 1
        this.slowestOpenMs = Math.max(this.slowestOpenMs, line.ms)
        return
      case 'broken':
        this.breaks.push(line.what)
        return
      case 'counts':
        for (const [name, count] of Object.entries(line.counts)) this.add(name, count)
        return
      default:
        line satisfies never
    }
  }

  add(name: string, count: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + count
  }

  /**
   * Takes back what was acknowledged after a power cut that is only played: a process that goes on without its disk may
   * be told that a sync succeeded, where another's sync has just given up the dirty pages. Without power no caller
   * would have been told.
   */
  forgetAfter(cut: PowerCut): void {
    this.#lastCutAt = cut.before
    for (const { token, at } of this.#outcomes.values()) {
      if (at < cut.before) continue
      this.#outcomes.delete(token)
      this.add(at > cut.after ? 'answered after the cut' : 'answered at the cut', 1)
    }
  }

  wasApplied(token: string): boolean {
    return this.#outcomes.get(token)?.applied === true
  }

  get acknowledged(): number {
    return [...this.#outcomes.values()].filter(({ applied }) => applied).length
  }

  get conflicts(): number {
    return this.#outcomes.size - this.acknowledged
  }

  /** Commits of which no writer lived to tell the outcome: those that are in the journal, and those that are not. */
  countUnanswered(journal: Journal): { readonly kept: number; readonly gone: number } {
    const inJournal = new Set(journal.applied.map(({ token }) => token))
    const unanswered = [...this.#intents.keys()].filter((token) => !this.#outcomes.has(token))
    const kept = unanswered.filter((token) => inJournal.has(token)).length
    return { kept, gone: unanswered.length - kept }
  }

  /**
   * What the journal and the ledger disagree about. `mayForget`: there were power cuts, so that writers may have
   * built on changes which were never acknowledged, and which are gone.
   */
  compare(journal: Journal, options: { readonly mayForget?: boolean } = {}): readonly string[] {
    return [
      ...journal.breaks,
      ...this.#findStrangers(journal),
      ...this.#findFalseAnswers(journal),
      ...(options.mayForget === true ? [] : this.#findStaleReads(journal)),
    ]
  }

  /** Applied twice, without an intent, in part, or on another revision than the one that its writer had read. */
  #findStrangers(journal: Journal): string[] {
    const seen = new Set<string>()
    return journal.applied.flatMap(({ token, changes }) => {
      const intent = this.#intents.get(token)
      if (intent === undefined) return [`${token} was applied without an intent`]
      if (seen.has(token)) return [`${token} was applied twice`]
      seen.add(token)
      const intended = intent.changes.map(({ id }) => id).join()
      const applied = changes.map(({ id }) => id).join()
      if (intended !== applied) return [`${token} was to change ${intended} and changed ${applied}`]
      const skewed = changes.filter(({ revision }, index) => {
        const seenRevision = intent.changes[index]?.seen ?? 0
        return seenRevision > 0 && revision !== seenRevision + 1
      })
      return skewed.map(
        ({ id, revision }) => `${token} made revision ${revision} of ${id} from another than it saw`,
      )
    })
  }

  #findFalseAnswers(journal: Journal): string[] {
    const applied = new Map(journal.applied.map((commit) => [commit.token, commit]))
    const answers = Array.from(this.#outcomes.values(), (outcome) => {
      const commit = applied.get(outcome.token)
      if (!outcome.applied) return commit && `${outcome.token} took effect, and was told a conflict`
      if (commit === undefined) return this.#lost(outcome)
      const revisions = commit.changes.map(({ revision, isRemoval }) => (isRemoval ? null : revision))
      if (revisions.join() === outcome.revisions.join()) return undefined
      return `${outcome.token} was told revisions ${outcome.revisions.join()}, and has ${revisions.join()}`
    })
    const failures = Array.from(this.#failedTokens, ([token, { outcome, code, message }]) =>
      outcome === 'none' && applied.has(token)
        ? `${token} took effect, and was told ${code}, outcome none: ${message}`
        : undefined,
    )
    return [...answers, ...failures].filter((problem) => problem !== undefined)
  }

  #lost({ token, at }: OutcomeLine): string {
    const beforeCut = Number.isNaN(this.#lastCutAt)
      ? ''
      : ` ${(this.#lastCutAt - at) / 1e6} ms before the last cut`
    return `LOST: ${token} was acknowledged${beforeCut} and is not there`
  }

  /** An acknowledged change must be seen by every read, of any process, that begins later. */
  #findStaleReads(journal: Journal): string[] {
    const acknowledged = this.#acknowledgedRevisions(journal)
    const removals = new Map<string, number>()
    for (const { id, revision, isRemoval } of journal.applied.flatMap(({ changes }) => changes)) {
      if (isRemoval) removals.set(id, revision)
    }
    return [...this.#intents.values()].flatMap(({ token, at, changes }) =>
      changes.flatMap(({ id, seen }) => {
        const known = acknowledged.get(id)?.findLast((point) => point.at < at)?.revision ?? 0
        const isFresh = seen >= known || (seen === 0 && (removals.get(id) ?? 0) >= known)
        return isFresh ? [] : [`STALE: ${token} read ${id} at ${seen} after ${known} had been acknowledged`]
      }),
    )
  }

  /** For each id: from when on which revision had been acknowledged, in the order of time. */
  #acknowledgedRevisions(journal: Journal): Map<string, { at: number; revision: number }[]> {
    const applied = new Map(journal.applied.map((commit) => [commit.token, commit]))
    const known = new Map<string, { at: number; revision: number }[]>()
    const outcomes = [...this.#outcomes.values()].filter(({ applied }) => applied)
    for (const { token, at } of outcomes.sort((a, b) => a.at - b.at)) {
      for (const { id, revision } of applied.get(token)?.changes ?? []) {
        const points = known.get(id) ?? []
        points.push({ at, revision: Math.max(revision, points.at(-1)?.revision ?? 0) })
        known.set(id, points)
      }
    }
    return known
  }
}
