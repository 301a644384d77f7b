import {
  type CatalogError,
  type FileAtPath,
  type Fingerprint,
  isCatalogError,
  type RecordedFingerprint,
  type UpkeepAction,
} from '@catalog/types'
import { toSharedEvidence, withEvidence } from '../../entry/evidence.ts'
import { findChanges, inodeOf, isSameButCtime } from '../../entry/fingerprints.ts'
import { findOwnEvidence, toFingerprint } from '../../entry/own-evidence.ts'
import { updateEntry } from '../../entry/update-entry.ts'
import { findUsers } from '../../lease/active-leases.ts'
import type { NamingEntry } from '../survey/current-names.ts'
import { isAsKnown } from '../survey/survey.ts'
import { assertVerified } from './apply-entry-actions.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'

type Share = Extract<UpkeepAction, { readonly kind: 'share-bytes' }>

/**
 * Makes two equal files one, after the one that stays was read in full once more. The evidence is renewed afterwards: a
 * crash before that leaves files that look changed, and are verified again by the next attempt or by `doctor`.
 */
export async function shareBytes(task: ApplyTask, action: Share): Promise<ActionOutcome> {
  const { files } = task.context
  const keep = await lookAt(task, action.keep.file)
  const replace = await lookAt(task, action.replace.file)
  if (isShared(action, keep, replace)) return await finishSharing(task, action, replace)
  const owners = await assertShareable(task, action, keep, replace)
  await readKept(task, action, keep)
  const expected = replace.fingerprint
  try {
    const isReplaced = await files.replaceByCopy(replace.path, keep.path, { expected, method: action.method })
    if (!isReplaced) throw new OutdatedAction(`${replace.path} changed since`)
  } catch (error) {
    if (!isUnsupported(error)) throw error
    const text = `the file system cannot share bytes by ${action.method}: ${error.message}`
    return { kind: 'failed', code: error.code, text }
  }
  if (action.method === 'hard-link') await renewEvidence(task, owners, [keep.fingerprint, expected], keep)
  return await verifyChanged(task, owners, action.bytes)
}

function isUnsupported(error: unknown): error is CatalogError<'IO'> {
  const errno = isCatalogError(error, 'IO') ? error.details.errno : undefined
  return errno !== undefined && ['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EMLINK'].includes(errno)
}

async function lookAt({ context, names }: ApplyTask, file: string): Promise<FileAtPath> {
  const path = context.files.pathOf({ file })
  const found = await context.files.lookAt(path)
  if (found?.kind !== 'file' || !names.isListed(path))
    throw new OutdatedAction(`${path} is not there any more`)
  return found
}

/** Whether the file was replaced before: by another name of the kept one, or by a copy, which is another file. */
function isShared({ method, replace: planned }: Share, keep: FileAtPath, replace: FileAtPath): boolean {
  if (method === 'reflink') return inodeOf(replace.fingerprint) !== inodeOf(planned.fingerprint)
  return inodeOf(keep.fingerprint) === inodeOf(replace.fingerprint)
}

/** What may be left is the evidence: the bytes were freed when the file was replaced. */
async function finishSharing(
  task: ApplyTask,
  { digest }: Share,
  replaced: FileAtPath,
): Promise<ActionOutcome> {
  const owners = await task.names.findOwners(replaced)
  if (!owners.some(({ entry, files }) => hasDigest(entry, files, digest))) {
    throw new OutdatedAction(`${replaced.path} has other bytes since`)
  }
  return await verifyChanged(task, owners, 0)
}

/** Both files are as their evidence says, and their models are Active and used by nobody. */
async function assertShareable(
  task: ApplyTask,
  action: Share,
  keep: FileAtPath,
  replace: FileAtPath,
): Promise<readonly NamingEntry[]> {
  // The kept file has got another name if an action before this one has made it so.
  if (!isSameButCtime(keep.fingerprint, action.keep.fingerprint)) {
    throw new OutdatedAction(`${keep.path} changed since`)
  }
  if (findChanges(replace.fingerprint, action.replace.fingerprint).length > 0 || replace.links > 1) {
    throw new OutdatedAction(`${replace.path} changed since`)
  }
  if (keep.fingerprint.dev !== replace.fingerprint.dev) {
    throw new OutdatedAction(`${keep.path} and ${replace.path} are on two devices`)
  }
  const owners: NamingEntry[] = []
  for (const found of [keep, replace]) {
    const naming = await task.names.findOwners(found)
    const current = await assertOwners(task, found, naming, action.digest)
    owners.push(...current.filter(({ entry }) => !owners.some((each) => each.entry.id === entry.id)))
  }
  return owners
}

async function assertOwners(
  { context }: ApplyTask,
  { path, fingerprint }: FileAtPath,
  owners: readonly NamingEntry[],
  digest: string,
): Promise<readonly NamingEntry[]> {
  if (owners.length === 0) throw new OutdatedAction(`${path} is no longer the file of a model`)
  for (const { entry, files } of owners) {
    const isKnown = files.some(({ known }) => known && findChanges(known, fingerprint).length === 0)
    if (entry.state !== 'Active' || !isKnown || !hasDigest(entry, files, digest)) {
      throw new OutdatedAction(`${path} is not as the evidence of ${entry.id} says`)
    }
    const [user] = findUsers(context, entry)
    if (user !== undefined) throw new OutdatedAction(`${entry.id} has a ${user.use} of ${user.holder}`)
  }
  return owners
}

function hasDigest(entry: NamingEntry['entry'], files: NamingEntry['files'], digest: string): boolean {
  return files.some(({ part }) => (part === undefined ? entry.digest : part.digest) === digest)
}

/** Evidence may be months old, and from now on this file stands for both. */
async function readKept(task: ApplyTask, { digest }: Share, keep: FileAtPath): Promise<void> {
  const { context, signal, onReading } = task
  const [read] = await context.verifier.digestFiles([keep], { signal, onProgress: onReading })
  if (read?.digest === digest && findChanges(read.fingerprint, keep.fingerprint).length === 0) return
  // Recorded as always, and the action fails with what is found.
  for (const { entry } of await task.names.findOwners(keep)) await assertVerified(task, entry)
  throw new OutdatedAction(`${keep.path} changed while it was read`)
}

/** What was read stays read: the file got a name more, which changes nothing but its ctime. */
async function renewEvidence(
  { context, actor, reason }: ApplyTask,
  owners: readonly NamingEntry[],
  old: readonly Fingerprint[],
  keep: FileAtPath,
): Promise<void> {
  const now = (await context.files.lookAt(keep.path))?.fingerprint
  if (now === undefined || !isSameButCtime(now, keep.fingerprint)) return
  for (const { entry } of owners) {
    await updateEntry(context, { id: entry.id, actor, reason, operation: 'dedupe' }, (current) => {
      const own = findOwnEvidence(context, current, now.dev)
      if (own === undefined) return undefined
      const isOld = (recorded: RecordedFingerprint): boolean => {
        const known = toFingerprint(own, recorded)
        return known !== undefined && old.some((each) => findChanges(each, known).length === 0)
      }
      return withEvidence(current, own.key, toSharedEvidence(own.evidence, isOld, now))
    })
  }
}

/** A copy counts only once it was read, and so does whatever else is not as the evidence says. */
async function verifyChanged(
  task: ApplyTask,
  owners: readonly NamingEntry[],
  freedBytes: number,
): Promise<ActionOutcome> {
  for (const { entry } of owners) {
    const files = await task.names.findFiles(entry.id)
    if (!files.every(isAsKnown)) await assertVerified(task, entry)
  }
  return { kind: 'done', freedBytes }
}
