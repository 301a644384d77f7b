import { type CatalogError, type FileAtPath, isCatalogError, type ReplaceOptions } from '@catalog/types'
import { findChanges, inodeOf, isSameButCtime } from '../../evidence/fingerprints.ts'
import { type SharingNames, sharingNamesOf } from '../survey/replaced-name.ts'
import { assertVerified } from './apply-entry-actions.ts'
import { shareByReference } from './apply-reference.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'
import { finishReplacing, restoreReplaced } from './finish-sharing.ts'
import { readPlaced, verifyUnknown } from './read-placed.ts'
import { findShareable, hasDigest, lookAtListed, readKept, type Share } from './shareable.ts'

/**
 * Makes two equal files one. By a link or a copy the file that is replaced stays beside it until what has taken its place
 * was read: a crash before that leaves both, and models that are not served until the next attempt, or `doctor`.
 */
export async function shareBytes(task: ApplyTask, action: Share): Promise<ActionOutcome> {
  if (action.method === 'reference') return await shareByReference(task, action)
  const freedBytes = await finishEarlier(task, action)
  const keep = await lookAtListed(task, action.keep.file)
  const replace = await lookAtReplaced(task, action)
  if (isShared(action, keep, replace)) return await finishShared(task, action, replace, freedBytes)
  await assertShareable(task, action, keep, replace)
  const names = sharingNamesOf(replace.path)
  const placed = await place(task, { ...action, method: action.method }, { keep, replace, names })
  if (!('path' in placed)) return placed
  await settle(task, action, { keep, placed, aside: names.aside })
  return { kind: 'done', freedBytes: freedBytes + (await removeOwn(task, names.aside)) }
}

/** Removes a file of a name that only sharing makes. The bytes that this has freed: those of its last name. */
async function removeOwn({ context: { files } }: ApplyTask, path: string): Promise<number> {
  const found = await files.lookAt(path)
  if (found === undefined || !(await files.removeFile(path, found.fingerprint))) return 0
  return found.links === 1 ? found.fingerprint.sizeBytes : 0
}

/** What an earlier attempt has left beside the file. */
async function finishEarlier(task: ApplyTask, { replace }: Share): Promise<number> {
  const path = task.context.files.pathOf(replace)
  let freedBytes = 0
  // It shares the bytes of the file that is kept.
  for (const prepared of task.names.findPrepared(path)) await removeOwn(task, prepared)
  for (const aside of task.names.findReplaced(path)) freedBytes += await finishReplacing(task, path, aside)
  return freedBytes
}

/** Also one that has just come back to its place. */
async function lookAtReplaced(task: ApplyTask, { replace }: Share): Promise<FileAtPath> {
  const { context, names } = task
  const path = context.files.pathOf(replace)
  const found = await context.files.lookAt(path)
  const isListed = names.isListed(path) || names.findReplaced(path).length > 0
  if (found?.kind !== 'file' || !isListed) throw new OutdatedAction(`${path} is no longer there`)
  return found
}

interface Placing {
  readonly keep: FileAtPath
  readonly replace: FileAtPath
  readonly names: SharingNames
}

/** What is in the place of the file from now on, or why nothing is. */
async function place(
  { context }: ApplyTask,
  { method }: Pick<ReplaceOptions, 'method'>,
  { keep, replace, names }: Placing,
): Promise<FileAtPath | ActionOutcome> {
  const { path, fingerprint: expected } = replace
  try {
    const fingerprint = await context.files.replaceByCopy(path, keep.path, { expected, method, ...names })
    if (fingerprint === undefined) throw new OutdatedAction(`${path} changed since`)
    return { ...replace, fingerprint }
  } catch (error) {
    if (!isUnsupported(error)) throw error
    const text = `the file system cannot share bytes by ${method}: ${error.message}`
    return { kind: 'failed', code: error.code, text }
  }
}

interface Placed {
  readonly keep: FileAtPath
  readonly placed: FileAtPath
  readonly aside: string
}

/** Reads what was put in the place of the file, and puts the file back unless it is right. */
async function settle(
  task: ApplyTask,
  { method, digest }: Share,
  { keep, placed, aside }: Placed,
): Promise<void> {
  try {
    // By the name that stays, so that the reading is one of it.
    await readPlaced(task, placed, { digest, by: method === 'hard-link' ? keep.path : placed.path })
  } catch (error) {
    const now = await task.context.files.lookAt(placed.path)
    // A copy that was written since is wanted there: both stay.
    const isOurs = ({ fingerprint }: FileAtPath): boolean =>
      method === 'hard-link'
        ? inodeOf(fingerprint) === inodeOf(placed.fingerprint)
        : findChanges(fingerprint, placed.fingerprint).length === 0
    if (now !== undefined && isOurs(now)) await restoreReplaced(task, aside, now)
    if (method === 'reflink') await readKept(task, keep, digest)
    throw error
  }
}

function isUnsupported(error: unknown): error is CatalogError<'IO'> {
  const errno = isCatalogError(error, 'IO') ? error.details.errno : undefined
  // Stryker disable next-line ConditionalExpression: only the types need this: no list has undefined.
  return errno !== undefined && ['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EMLINK'].includes(errno)
}

/** Whether the file was replaced before: by another name of the kept one, or by a copy, which is another file. */
function isShared({ method, replace: planned }: Share, keep: FileAtPath, replace: FileAtPath): boolean {
  if (method === 'reflink') return inodeOf(replace.fingerprint) !== inodeOf(planned.fingerprint)
  return inodeOf(keep.fingerprint) === inodeOf(replace.fingerprint)
}

/** What may be left is the evidence. */
async function finishShared(
  task: ApplyTask,
  { digest }: Share,
  replaced: FileAtPath,
  freedBytes: number,
): Promise<ActionOutcome> {
  const owners = await task.names.findOwners(replaced)
  if (!owners.some(({ entry, files }) => hasDigest(entry, files, digest))) {
    throw new OutdatedAction(`${replaced.path} has other bytes since`)
  }
  await verifyUnknown(task, owners)
  return { kind: 'done', freedBytes }
}

/** Both files are as their evidence says, and their models are Active and not in use. */
async function assertShareable(
  task: ApplyTask,
  action: Share,
  keep: FileAtPath,
  replace: FileAtPath,
): Promise<void> {
  // A name more, or less, of an action before this one or of an earlier attempt changes the ctime.
  if (!isSameButCtime(keep.fingerprint, action.keep.fingerprint)) {
    throw new OutdatedAction(`${keep.path} changed since`)
  }
  if (!isSameButCtime(replace.fingerprint, action.replace.fingerprint) || replace.links > 1) {
    throw new OutdatedAction(`${replace.path} changed since`)
  }
  if (keep.fingerprint.dev !== replace.fingerprint.dev) {
    throw new OutdatedAction(`${keep.path} and ${replace.path} are on two devices`)
  }
  for (const found of [keep, replace]) {
    await verifyTouched(task, found)
    await findShareable(task, found, action.digest)
  }
}

/** An earlier attempt that ended before its reading has left the files as they were, but for their ctime. */
async function verifyTouched(task: ApplyTask, found: FileAtPath): Promise<void> {
  for (const { entry, files } of await task.names.findOwners(found)) {
    const isTouched = files.some(
      ({ known }) =>
        known !== undefined &&
        isSameButCtime(known, found.fingerprint) &&
        findChanges(known, found.fingerprint).length > 0,
    )
    if (isTouched && entry.state === 'Active') await assertVerified(task, entry)
  }
}
