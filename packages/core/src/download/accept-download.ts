/** Room `download`: one holder fills partial files, and only right bytes are kept. */

import {
  CatalogError,
  type EntryContent,
  type Fingerprint,
  isCatalogError,
  type ModelEntry,
  type QuarantinedFile,
} from '@catalog/types'
import { type CatalogContext, isOwnNode } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { findChanges } from '../entry/fingerprints.ts'
import { livenessOf } from '../entry/liveness.ts'
import { findOwnEvidence, knownFingerprintOf } from '../entry/own-evidence.ts'
import type { ReadFile, Reading } from '../entry/reading.ts'
import { readEntry, updateEntry } from '../entry/update-entry.ts'
import { applyVerdict } from '../verify/apply-verdict.ts'
import { judge } from '../verify/judge.ts'
import { createSuperseded } from '../verify/still-meant.ts'
import type { Verified } from '../verify/verified.ts'
import { removeCheckpoint } from './download-files.ts'
import { withoutDownload } from './download-holder.ts'
import { assertStillFinishing, type FinishedDownload } from './finished-download.ts'
import { quarantineFile } from './quarantine-file.ts'

/** Moves files that were all found right to their names, and records that. */
export async function acceptDownload(
  context: CatalogContext,
  finished: FinishedDownload,
  reading: Reading,
): Promise<Verified> {
  for (const file of reading.files) assertAsRead(context, file, file.path)
  const moved: Fingerprint[] = []
  for (const file of reading.files) moved.push(await moveToPlace(context, finished, file))
  const { id, actor, reason, target } = finished
  const gone = await findGone(context, await readEntry(context, id))
  const isLive = await livenessOf(context)
  const hosts = [context.node, ...context.formerNodes]
  const update = { id, actor, reason, operation: 'finish-download' }
  const { before, after } = await updateEntry(context, update, async (now) => {
    await assertStillFinishing(context, finished, now, reading)
    const verdict = judge(now, reading)
    // What is meant by now is what the files were found not to be.
    if (verdict.outcome !== 'match') throw createSuperseded(target, now)
    const policy = await policyOf(context)
    const accepted = applyVerdict(now, verdict, { moved, policy, isLive, hosts })
    return withoutRecords(withoutDownload(accepted), gone)
  })
  await removeCheckpoints(context, reading.files)
  return { entry: after ?? before, verdict: judge(before, reading) }
}

/** Records of quarantined files that do not exist: a crash prevented the move, or they were deleted since. */
async function findGone(
  context: CatalogContext,
  { quarantine = [] }: ModelEntry,
): Promise<readonly QuarantinedFile[]> {
  const gone: QuarantinedFile[] = []
  for (const file of quarantine) {
    if (isOwnNode(context, file.node) && (await context.files.lookAt(file.path)) === undefined)
      gone.push(file)
  }
  return gone
}

function withoutRecords(entry: EntryContent, gone: readonly QuarantinedFile[]): EntryContent {
  const { quarantine = [], ...rest } = entry
  const isGone = ({ path, node, at }: QuarantinedFile): boolean =>
    gone.some((file) => file.path === path && file.node === node && file.at === at)
  const left = quarantine.filter((file) => !isGone(file))
  if (left.length === quarantine.length) return entry
  return left.length === 0 ? rest : { ...rest, quarantine: left }
}

/** Gives one file its name, and returns the fingerprint that it has there. */
async function moveToPlace(
  context: CatalogContext,
  finished: FinishedDownload,
  file: ReadFile,
): Promise<Fingerprint> {
  const { path, place } = file
  if (path === place) return assertAsRead(context, file, place)
  do await clearPlace(context, finished, place)
  while (!(await context.files.moveFile(path, place)))
  return assertAsRead(context, file, place)
}

/** FILE_CHANGED where the file at a path is not the one that was read, in the state in which it was read. */
function assertAsRead({ verifier }: CatalogContext, file: ReadFile, path: string): Fingerprint {
  const found = verifier.readFingerprint(path)
  if (file.read === undefined) throw new TypeError('only files that were read are moved')
  // The new name is a change of the inode, on some systems.
  const isMoved = path !== file.path
  const changed = findChanges(file.read.fingerprint, found).filter((field) => !isMoved || field !== 'ctimeNs')
  if (changed.length === 0) return found
  const message = `${path} was changed after it was read: ${changed.join(', ')}`
  throw new CatalogError('FILE_CHANGED', message, { path, changed })
}

/** What stands where a right file belongs is quarantined, whatever it is. */
async function clearPlace(context: CatalogContext, finished: FinishedDownload, path: string): Promise<void> {
  const found = await context.files.lookAt(path)
  if (found === undefined) return
  const own = findOwnEvidence(context, finished.target.entry, found.fingerprint.dev)
  const known = knownFingerprintOf(own)
  const isKnown = known !== undefined && findChanges(known, found.fingerprint).length === 0
  const { sizeBytes } = found.fingerprint
  await quarantineFile(context, finished, {
    from: path,
    path,
    sizeBytes,
    ...(isKnown && own !== undefined && { digest: own.evidence.digest }),
  })
}

/** The model is Active by now. A checkpoint that cannot be removed fits no other file; upkeep names it. */
async function removeCheckpoints(context: CatalogContext, files: readonly ReadFile[]): Promise<void> {
  try {
    for (const { place } of files) await removeCheckpoint(context, place)
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}
