/** Room `formats`: what is known of models, as text for other tools. */

import { type EntryContent, type ModelEntry, toPublicEntry } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'

/**
 * A `catalog.json` of these models, in the specification's form. A new catalog in a directory with this file adopts
 * them. Sources are without credentials. What describes this machine and this moment is left out: evidence, failures,
 * downloads, quarantined files and leases. So the other catalog verifies each file before it serves it.
 */
export function formatCatalog(entries: readonly ModelEntry[]): string {
  const models = entries.map((entry) => encodeEntry(toPortable(entry)))
  return `${JSON.stringify({ models }, undefined, 2)}\n`
}

function toPortable(entry: ModelEntry): EntryContent {
  const { evidence: _evidence, failure: _failure, ...shown } = toPublicEntry(entry, { paths: true })
  const { download: _download, failedDownload: _failedDownload, ...kept } = shown
  const { quarantine: _quarantine, leases: _leases, revision: _revision, ...content } = kept
  // An empty source is not valid, and it is empty where all of it was a credential.
  return { ...content, source: content.source || '…' }
}
