import { type FileAtPath, isCatalogError, type UpkeepAction } from '@catalog/types'
import { inodeOf } from '../../evidence/fingerprints.ts'
import type { NamingEntry } from '../survey/current-names.ts'
import { isAsKnown } from '../survey/survey.ts'
import { assertVerified, findRecorded } from './apply-entry-actions.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'

type Finish = Extract<UpkeepAction, { readonly kind: 'finish-sharing' }>

/** Removes what an interrupted action has replaced, or puts it back. */
export async function finishSharing(task: ApplyTask, { file, replaced }: Finish): Promise<ActionOutcome> {
  const { files } = task.context
  const aside = files.pathOf({ file: replaced.file })
  if (!task.names.isListed(aside)) return { kind: 'done' }
  const path = files.pathOf({ file })
  return (
    (await findKnownWrong(task, path)) ?? {
      kind: 'done',
      freedBytes: await finishReplacing(task, path, aside),
    }
  )
}

/** That a file which stays whatever is read of it was read, and is wrong. */
async function findKnownWrong(task: ApplyTask, path: string): Promise<ActionOutcome | undefined> {
  const placed = await task.context.files.lookAt(path)
  if (placed?.links !== 1) return undefined
  for (const { entry } of await task.names.findOwnersOfPath(path)) {
    const recorded = await findRecorded(task, entry)
    if (recorded?.kind === 'failed') return recorded
  }
  return undefined
}

/**
 * Ends what a crash has interrupted: a file that was renamed, or was to take the place, goes once what is in the place
 * was read and is right. If nothing is, or what is there is wrong and has other names, the file comes to the place and is
 * read. The bytes that this has freed.
 */
export async function finishReplacing(task: ApplyTask, path: string, asidePath: string): Promise<number> {
  const { files } = task.context
  const aside = await files.lookAt(asidePath)
  if (aside === undefined) return 0
  const owners = await task.names.findOwnersOfPath(path)
  if (owners.length === 0 || aside.kind !== 'file')
    throw new OutdatedAction(`${path} is no longer named by a model`)
  // Another model's file: a name more or less changes what is known of it.
  // Stryker disable next-line MethodExpression: saves time: what was read is not read again.
  const others = (await task.names.findOwners(aside)).filter(({ entry }) =>
    // Stryker disable next-line MethodExpression,ConditionalExpression: saves time: what was read is not read again.
    owners.every((owner) => owner.entry.id !== entry.id),
  )
  const placed = await files.lookAt(path)
  const isBack = placed !== undefined && inodeOf(placed.fingerprint) === inodeOf(aside.fingerprint)
  // Stryker disable next-line ConditionalExpression: nothing moves onto a name that is taken, and another name of the same file goes.
  if (placed === undefined) await files.moveFile(asidePath, path)
  // A crash while it was put back has left both names of it.
  else if (isBack) await files.removeFile(asidePath, aside.fingerprint)
  const isToSettle = placed !== undefined && !isBack
  const freedBytes = isToSettle ? await settlePlaced(task, placed, aside) : 0
  await verifyAll(task, isToSettle ? others : [...owners, ...others])
  return freedBytes
}

/** Leaves what is in the place of the file if it is right, and else the file. */
async function settlePlaced(task: ApplyTask, placed: FileAtPath, aside: FileAtPath): Promise<number> {
  const { files } = task.context
  try {
    await verifyAll(task, await task.names.findOwnersOfPath(placed.path))
  } catch (error) {
    task.signal?.throwIfAborted()
    if (!isWrong(error)) throw error
    // One that has no other name may have been written by another process: both stay.
    if (placed.links > 1) await restoreReplaced(task, aside.path, placed)
    throw error
  }
  await files.removeFile(aside.path, aside.fingerprint)
  return aside.links === 1 ? aside.fingerprint.sizeBytes : 0
}

function isWrong(error: unknown): boolean {
  return (['DIGEST_MISMATCH', 'SIZE_MISMATCH', 'NOT_A_MODEL'] as const).some((code) =>
    isCatalogError(error, code),
  )
}

/** Takes away what was put in the place of a file, puts the file back, and reads all files that had to do with it. */
export async function restoreReplaced(
  task: ApplyTask,
  asidePath: string,
  { path, fingerprint, ...placed }: FileAtPath,
): Promise<void> {
  const { files } = task.context
  const owners = await task.names.findOwners({ path, fingerprint, ...placed })
  if (!(await files.removeFile(path, fingerprint))) return
  await files.moveFile(asidePath, path)
  await verifyAll(task, owners)
}

/** Reads the models whose files are not as their evidence says. All of them, though one may be wrong. */
async function verifyAll(task: ApplyTask, owners: readonly NamingEntry[]): Promise<void> {
  const errors: unknown[] = []
  for (const { entry } of owners) {
    const files = await task.names.findFiles(entry.id)
    if (files.every((file) => file.entry.state === 'Active' && isAsKnown(file))) continue
    await assertVerified(task, entry).catch((error: unknown) => errors.push(error))
  }
  if (errors.length > 0) throw errors[0]
}
