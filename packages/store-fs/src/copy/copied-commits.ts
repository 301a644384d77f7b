/** Room `copy`: a catalog that is copied with its history, position by position. */

import type { CommittedChange } from '@catalog/types'
import { foldModelId } from '@catalog/types/adapter'
import { encodeCommit } from '../format/commit-codec.ts'
import type { EncodedCommit } from '../format/record.ts'
import type { CatalogState } from '../state/catalog-state.ts'

/** One commit for each change, built on the revision that its model has by then. They share a record. */
export function toCopiedCommits(
  changes: readonly CommittedChange[],
  state: CatalogState,
): readonly EncodedCommit[] {
  const revisions = new Map<string, number>()
  return changes.map((change) => {
    const { operation, actor, reason, id, revision, entry, verification, isUnchanged } = change
    const key = foldModelId(id)
    const ifRevision = revisions.get(key) ?? state.standingAt(id).row?.revision ?? 0
    revisions.set(key, entry === null ? 0 : revision)
    return encodeCommit({
      ...{ operation, actor, reason },
      changes: isUnchanged === true ? [] : [{ id, ifRevision, entry: entry && toContent(entry) }],
      ...(verification !== undefined && { verification: { id, ...verification } }),
    })
  })
}

function toContent({
  revision: _revision,
  ...content
}: NonNullable<CommittedChange['entry']>): Omit<NonNullable<CommittedChange['entry']>, 'revision'> {
  return content
}
