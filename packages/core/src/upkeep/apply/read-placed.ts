import type { EntryContent, FileAtPath, FileDigest, ModelEntry, Sha256Digest, Volume } from '@catalog/types'
import type { Reading } from '../../entry/reading.ts'
import { type AttemptRecord, updateEntry } from '../../entry/update-entry.ts'
import {
  evidenceOfSameInode,
  type KnownFile,
  keyOfReading,
  toEvidence,
  withEvidence,
} from '../../evidence/evidence.ts'
import { findChanges } from '../../evidence/fingerprints.ts'
import { findOwnEvidence } from '../../evidence/own-evidence.ts'
import type { NamingEntry } from '../survey/current-names.ts'
import { isAsKnown, surveyEntry } from '../survey/survey.ts'
import { assertVerified } from './apply-entry-actions.ts'
import { type ApplyTask, OutdatedAction } from './apply-task.ts'

/** What is to be read, and by which of its names. */
interface PlacedReading {
  readonly digest: Sha256Digest
  readonly by: string
}

/**
 * Reads a file that was put in the place of another, once, and records what was read in every Active entry that names it.
 * Until then none of them is served: what made the file, or gave it a name more, has changed it.
 */
export async function readPlaced(
  task: ApplyTask,
  placed: FileAtPath,
  { digest, by }: PlacedReading,
): Promise<void> {
  const { context, signal, onReading } = task
  const volume = await context.volumes.prepare(by)
  const [read] = await context.verifier.digestFiles([{ ...placed, path: by }], {
    signal,
    onProgress: onReading,
  })
  if (
    // Stryker disable next-line OptionalChaining: only the types need this: one file has one result.
    read?.digest !== digest ||
    findChanges(read.fingerprint, placed.fingerprint).length > 0 ||
    !isThere(task, volume, read)
  ) {
    throw new OutdatedAction(`${placed.path} does not have the expected bytes`)
  }
  const known = toKnown(task, volume, { path: by, read })
  const owners = await task.names.findOwners(placed)
  const { actor, reason } = task
  for (const [index, { entry }] of owners.entries()) {
    // It was read once, whichever entries name it.
    const attempt = index === 0 ? attemptOf(read) : undefined
    const request = { id: entry.id, actor, reason, operation: 'dedupe', attempt }
    await updateEntry(context, request, (now) => withKnown(task, now, known))
  }
  await verifyUnknown(task, owners)
}

function attemptOf({ sizeBytes: bytes, durationMs }: FileDigest): AttemptRecord {
  const verification = { outcome: 'success', bytes, durationMs: Math.round(durationMs) } as const
  return { of: () => verification, onRecorded: () => undefined }
}

/** Whether what was read is on the volume that was found before. */
function isThere({ context }: ApplyTask, { id }: Volume, { fingerprint: { dev } }: FileDigest): boolean {
  return context.volumes.find(dev)?.id === id
}

function toKnown(
  { context }: ApplyTask,
  volume: Volume,
  { path, read }: { readonly path: string; readonly read: FileDigest },
): KnownFile {
  const { digest, sizeBytes, durationMs } = read
  const { node, store, clock, volumes } = context
  const reading: Reading = {
    ...{ node, at: clock.now().toISOString(), path, digest, durationMs },
    isShared: store.isShared,
    bootId: volumes.bootId,
    files: [{ path, place: path, volume, sizeBytes, read }],
    bytes: sizeBytes,
  }
  const evidence = toEvidence(reading)
  // Stryker disable next-line ConditionalExpression,OptionalChaining: only the types need this: it is of one file.
  if (evidence?.fingerprint === undefined) throw new TypeError('a file that was read has evidence')
  const from = { key: keyOfReading(reading), evidence, volumes: [volume] }
  return { from, recorded: evidence.fingerprint, digest }
}

/** The entry with what was read of each file of it that is the one that was read, as that is at this moment. */
async function withKnown(
  { context }: ApplyTask,
  entry: ModelEntry,
  known: KnownFile,
): Promise<EntryContent | undefined> {
  if (entry.state !== 'Active') return undefined
  let changed: EntryContent | undefined
  for (const { path, part, sight } of await surveyEntry(context, entry)) {
    if (sight.kind !== 'file') continue
    if ((part === undefined ? entry.digest : part.digest) !== known.digest) continue
    const of = findOwnEvidence(context, changed ?? entry, sight.fingerprint.dev)
    if (of === undefined) continue
    const seen = { ...sight, directory: context.volumes.directoryOf(path) }
    const evidence = evidenceOfSameInode(known, seen, part && { of, path: part.path })
    if (evidence !== undefined) changed = withEvidence(changed ?? entry, of.key, evidence)
  }
  return changed
}

/** What is not as the evidence says for another reason is read as always. */
export async function verifyUnknown(task: ApplyTask, owners: readonly NamingEntry[]): Promise<void> {
  for (const { entry } of owners) {
    const files = await task.names.findFiles(entry.id)
    if (!files.every(isAsKnown)) await assertVerified(task, entry)
  }
}
