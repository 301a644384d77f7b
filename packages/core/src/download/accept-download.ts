import {
  CatalogError,
  type EntryContent,
  type Fingerprint,
  isCatalogError,
  type ModelEntry,
  type QuarantinedFile,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { evidenceOf } from '../entry/evidence.ts'
import { findChanges } from '../entry/fingerprints.ts'
import { readEntry, updateEntry } from '../entry/update-entry.ts'
import { applyFinding, type Finding } from '../verify/verification-outcome.ts'
import { removeCheckpoint } from './download-files.ts'
import { withoutDownload } from './download-holder.ts'
import { type CollectedFile, type DownloadReading, readOf } from './download-reading.ts'
import { assertStillMeant, type FinishedDownload } from './finished-download.ts'
import { putAside } from './put-aside.ts'

/** Moves files that were all found right to their names, and records that. */
export async function acceptDownload(
  context: CatalogContext,
  finished: FinishedDownload,
  reading: DownloadReading,
): Promise<ModelEntry> {
  for (const file of reading.files) assertUnchanged(context, file, file.from)
  const fingerprints: Fingerprint[] = []
  for (const file of reading.files) fingerprints.push(await moveToPlace(context, finished, file))
  const finding = atPlace(reading.finding, fingerprints)
  const gone = await findGone(context, await readEntry(context, finished.id))
  const { id, actor, reason } = finished
  const update = { id, actor, reason, operation: 'finish-download' }
  const { before, after } = await updateEntry(context, update, (now) => {
    assertStillMeant(context, finished, { now, finding: reading.finding })
    return withoutRecords(withoutDownload(applyFinding(now, finding, { policy: context.policy })), gone)
  })
  await removeCheckpoints(context, reading.files)
  return after ?? before
}

/** Records of files put aside that are not there: a crash came before the move, or somebody removed them. */
async function findGone(
  { files, node }: CatalogContext,
  { quarantine = [] }: ModelEntry,
): Promise<readonly QuarantinedFile[]> {
  const gone: QuarantinedFile[] = []
  for (const file of quarantine) {
    if (file.node === node && (await files.lookAt(file.path)) === undefined) gone.push(file)
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
  file: CollectedFile,
): Promise<Fingerprint> {
  if (file.from === file.path) return assertUnchanged(context, file, file.path)
  do await clearPlace(context, finished, file)
  while (!(await context.files.moveFile(file.from, file.path)))
  return assertUnchanged(context, file, file.path)
}

/** FILE_CHANGED where the file at a path is not the one that was read, in the state in which it was read. */
function assertUnchanged({ verifier }: CatalogContext, file: CollectedFile, path: string): Fingerprint {
  const found = verifier.readFingerprint(path)
  // The new name is a change of the inode, on some systems.
  const isMoved = path !== file.from
  const changed = findChanges(readOf(file).fingerprint, found).filter(
    (field) => !isMoved || field !== 'ctimeNs',
  )
  if (changed.length === 0) return found
  const message = `${path} was changed after it was read: ${changed.join(', ')}`
  throw new CatalogError('FILE_CHANGED', message, { path, changed })
}

/** What stands where a right file belongs is put aside, whatever it is. */
async function clearPlace(
  context: CatalogContext,
  finished: FinishedDownload,
  { path }: CollectedFile,
): Promise<void> {
  const found = await context.files.lookAt(path)
  if (found === undefined) return
  const evidence = evidenceOf(finished.entry, context.node)
  const isKnown = evidence?.fingerprint && findChanges(evidence.fingerprint, found.fingerprint).length === 0
  const { sizeBytes } = found.fingerprint
  await putAside(context, finished, {
    from: path,
    path,
    sizeBytes,
    ...(isKnown && { digest: evidence.digest }),
  })
}

/** The finding, with the fingerprints that the files have where they are now, in its order. */
function atPlace(finding: Finding, fingerprints: readonly Fingerprint[]): Finding {
  if (finding.kind !== 'read') throw new TypeError('only files that were read are accepted')
  const { parts, ...read } = finding.read
  const [only] = fingerprints
  if (parts === undefined) return { ...finding, read: { ...read, ...(only && { fingerprint: only }) } }
  const moved = parts.map((part, index) => ({
    ...part,
    fingerprint: fingerprints[index] ?? part.fingerprint,
  }))
  return { ...finding, read: { ...read, parts: moved } }
}

/** The model is Active by now. A checkpoint that cannot be removed fits no other file; upkeep names it. */
async function removeCheckpoints(context: CatalogContext, files: readonly CollectedFile[]): Promise<void> {
  try {
    for (const file of files) await removeCheckpoint(context, file)
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}
