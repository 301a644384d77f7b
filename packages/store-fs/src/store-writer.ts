import { toDiskError } from '@catalog/system-calls'
import type { Attribution, Commit, CommitOutcome, SettingsChange, SettingsOutcome } from '@catalog/types'
import { decodeSettings, GroupCommit } from '@catalog/types/adapter'
import type { Timers } from './disk/timers.ts'
import { encodeCommit } from './format/commit-codec.ts'
import { assertFitsRecord } from './format/limits.ts'
import type { EncodedCommit } from './format/record.ts'
import { encodeSettingsCommit } from './format/settings-codec.ts'
import type { Journal } from './journal/journal.ts'
import { QuietMark } from './journal/quiet-mark.ts'
import { type AppliedCommit, toOutcome } from './state/catalog-state.ts'

/**
 * The most JSON text that goes into one record, unless one call has more: a reader of one of its changes has to parse
 * all.
 */
const MAX_BATCH_LENGTH = 1 << 16

/** Puts the commits of all callers of a store into its journal, and what follows a commit. */
export class StoreWriter {
  readonly #journal: Journal
  readonly #commits: GroupCommit<EncodedCommit, AppliedCommit>
  readonly #mark: QuietMark
  #hasCommitted = false

  constructor(journal: Journal, timers: Timers) {
    this.#journal = journal
    this.#commits = new GroupCommit((commits) => journal.append(commits), MAX_BATCH_LENGTH)
    this.#mark = new QuietMark(journal, timers)
  }

  /** Whether anything was written, since the store was opened. */
  get hasCommitted(): boolean {
    return this.#hasCommitted
  }

  async commit(commits: readonly Commit[]): Promise<readonly CommitOutcome[]> {
    if (commits.length === 0) return []
    const texts = commits.map(encodeCommit)
    assertFitsRecord(texts)
    return (await this.#submit(texts)).map(toOutcome)
  }

  /** The journal has to be read up to its end before. */
  async changeSettings(change: SettingsChange & Attribution): Promise<SettingsOutcome> {
    const { state } = this.#journal
    const foundRevision = state.settings?.revision ?? 0
    // Revisions only grow: what does not stand there now never will again.
    if (foundRevision !== change.ifRevision) return { applied: false, foundRevision }
    const commit = encodeSettingsCommit(change, state.settings?.content)
    const [applied] = await this.#submit([commit])
    if (applied?.applied !== true) return { applied: false, foundRevision: applied?.settingsRevision ?? 0 }
    const settings = decodeSettings(commit.wire.settings?.content, foundRevision + 1)
    return { applied: true, settings }
  }

  /** Resolves when no commit is under way. */
  idle(): Promise<void> {
    return this.#commits.idle()
  }

  /** Puts the sync of the last commit on record, if it is not yet, and no other after it. */
  endMark(): Promise<void> {
    return this.#mark.end()
  }

  async #submit(commits: readonly EncodedCommit[]): Promise<readonly AppliedCommit[]> {
    try {
      const applied = await this.#commits.submit(commits)
      this.#afterCommit()
      return applied
    } catch (error) {
      throw toDiskError(error, 'write', this.#journal.path)
    }
  }

  #afterCommit(): void {
    this.#hasCommitted = true
    this.#mark.touch()
    // Housekeeping, not part of the commit: where it fails, the next commit does it, or says why it cannot.
    if (this.#journal.isLong) this.#journal.sealIfLong().catch(() => undefined)
  }
}
