/** Room `serve`: from which path a model is served. */

import type { ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { carryOver, withEvidence, withoutEvidenceOf } from '../evidence/evidence.ts'
import { evidenceOf, ownKeyOf } from '../evidence/own-evidence.ts'
import type { SeenModel } from './verified-files.ts'

/**
 * Puts evidence that an older version kept by the name of this host under the volume of its files, all of which are as it
 * says, device numbers included. Not where the volume has no anchor, and no error where it cannot be written: then it
 * counts as it stands.
 */
export async function adoptEvidence(
  context: CatalogContext,
  { id }: ModelEntry,
  { files, own }: SeenModel,
): Promise<void> {
  const { volumes, node } = context
  const [first] = files
  // Stryker disable next-line ConditionalExpression: only the types need this: a model has a file.
  if (first === undefined) return
  try {
    const volume = await volumes.prepare(first.path)
    const isOne = files.every(({ fingerprint }) => fingerprint.dev === volume.dev)
    if (volume.anchor === undefined || !isOne) return
    const key = ownKeyOf(context, volume)
    await updateEntry(context, { id, operation: 'adopt-evidence' }, (now) => {
      const evidence = evidenceOf(now, own.key)
      // Stryker disable next-line OptionalChaining: what has gone ends it as well, by an error that is caught.
      if (evidence?.at !== own.evidence.at || evidenceOf(now, key) !== undefined) return undefined
      return withEvidence(withoutEvidenceOf(now, own.key), key, carryOver(evidence, volume, node))
    })
  } catch {
    // A catalog that is opened for reading only, or a disk that is full.
  }
}
