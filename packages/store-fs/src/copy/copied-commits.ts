/** Room `copy`: a catalog that is copied with its history, position by position. */

import type { CommittedChange, CopiedRecord, StoredSettings } from '@catalog/types'
import { addCommitExtra, encodeSettings, foldModelId } from '@catalog/types/adapter'
import { encodeCommit } from '../format/commit-codec.ts'
import type { EncodedCommit, RecordContent } from '../format/record.ts'
import { toSettingsCommit } from '../format/settings-codec.ts'
import type { CatalogState } from '../state/catalog-state.ts'

/**
 * Makes records of copied ones, in order: one commit for each change, built on the revision that its model has by then. What was
 * made and is not yet applied to the state is remembered.
 */
export class CopiedCommits {
  readonly #state: CatalogState
  readonly #settings: StoredSettings
  readonly #revisions: Map<string, number> = new Map()
  #settingsRevision: number

  constructor(state: CatalogState, settings: StoredSettings) {
    this.#state = state
    this.#settings = settings
    this.#settingsRevision = state.settings?.revision ?? 0
  }

  toContent({ at, changes }: CopiedRecord): RecordContent {
    // A change of settings takes a position at which nothing else changed.
    const isSettings = changes.length === 0 && this.#settingsRevision < this.#settings.revision
    const commits = isSettings ? [this.#toSettingsCommit()] : changes.map((change) => this.#toCommit(change))
    return { at, commits }
  }

  #toSettingsCommit(): EncodedCommit {
    const present = this.#settingsRevision
    this.#settingsRevision += 1
    const content = encodeSettings(this.#settings, this.#settings.extra)
    return toSettingsCommit('settings', {}, { if: present, content })
  }

  #toCommit(change: CommittedChange): EncodedCommit {
    const { operation, actor, reason, id, revision, entry, verification, isUnchanged, extra } = change
    const key = foldModelId(id)
    const ifRevision = this.#revisions.get(key) ?? this.#state.standingAt(id).row?.revision ?? 0
    this.#revisions.set(key, entry === null ? 0 : revision)
    const { wire, text } = encodeCommit({
      ...{ operation, actor, reason },
      changes: isUnchanged === true ? [] : [{ id, ifRevision, entry: entry && toContent(entry) }],
      ...(verification !== undefined && { verification: { id, ...verification } }),
    })
    if (extra === undefined) return { wire, text }
    const whole = addCommitExtra(wire, extra)
    return { wire: whole, text: JSON.stringify(whole) }
  }
}

function toContent({
  revision: _revision,
  ...content
}: NonNullable<CommittedChange['entry']>): Omit<NonNullable<CommittedChange['entry']>, 'revision'> {
  return content
}
