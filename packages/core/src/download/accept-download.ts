/** Room `download`: one holder fills partial files, and only right bytes are kept. */

import { CatalogError, isCatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import type { ReadFile, Reading } from '../entry/reading.ts'
import { readEntry, updateEntry } from '../entry/update-entry.ts'
import { findChanges } from '../evidence/fingerprints.ts'
import { livenessOf } from '../evidence/liveness.ts'
import { applyVerdict } from '../verify/apply-verdict.ts'
import { judge } from '../verify/judge.ts'
import { createSuperseded } from '../verify/still-current.ts'
import type { Verified } from '../verify/verified.ts'
import { removeCollecting } from './collecting-directory.ts'
import { removeControlFiles } from './download-files.ts'
import { withoutDownload } from './download-holder.ts'
import { assertStillFinishing, type FinishedDownload } from './finished-download.ts'
import { findGone, withoutRecords } from './quarantine-file.ts'

/** Records that all files were found right, by a reading of each under its own name. */
export async function acceptDownload(
  context: CatalogContext,
  finished: FinishedDownload,
  reading: Reading,
): Promise<Verified> {
  const { id, actor, reason, target } = finished
  const gone = await findGone(context, await readEntry(context, id))
  const isLive = await livenessOf(context)
  const hosts = [context.node, ...context.formerNodes]
  const attempt = finished.attempt.recordOf(reading)
  const update = { id, actor, reason, operation: 'finish-download', attempt }
  const { before, after } = await updateEntry(context, update, async (now) => {
    await assertStillFinishing(context, finished, now, reading)
    const verdict = judge(now, reading)
    // What is meant by now is what the files were found not to be.
    if (verdict.outcome !== 'match') throw createSuperseded(target, now)
    for (const file of reading.files) assertAsRead(context, file)
    const policy = await policyOf(context)
    const accepted = applyVerdict(now, verdict, { policy, isLive, hosts })
    return withoutRecords(withoutDownload(accepted), gone)
  })
  await removeCollected(context, before, reading.files)
  return { entry: after ?? before, verdict: judge(before, reading) }
}

/** FILE_CHANGED if the file at its name is not the one that was read there, in the state in which it was read. */
function assertAsRead({ verifier }: CatalogContext, { place: path, read }: ReadFile): void {
  // Stryker disable next-line ConditionalExpression: only the types need this: a match is of files that were read.
  if (read === undefined) throw new TypeError('only files that were read are right')
  const changed = findChanges(read.fingerprint, verifier.readFingerprint(path))
  if (changed.length === 0) return
  const message = `${path} was changed after it was read: ${changed.join(', ')}`
  throw new CatalogError('FILE_CHANGED', message, { path, changed })
}

/** The model is Active by now. What cannot be removed is of no other file; upkeep names it. */
async function removeCollected(
  context: CatalogContext,
  entry: ModelEntry,
  files: readonly ReadFile[],
): Promise<void> {
  try {
    for (const { part } of files) await removeControlFiles(context, entry, part)
    await removeCollecting(context, entry)
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}
