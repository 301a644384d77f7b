import type { FileAtPath, UpkeepAction } from '@catalog/types'
import { findChanges } from '../../evidence/fingerprints.ts'
import { findUsers } from '../../lease/active-leases.ts'
import type { NamingEntry } from '../survey/current-names.ts'
import { assertVerified } from './apply-entry-actions.ts'
import { type ApplyTask, OutdatedAction } from './apply-task.ts'

export type Share = Extract<UpkeepAction, { readonly kind: 'share-bytes' }>

/** What is at a path of the root, if it is a file that was there when applying began. */
export async function lookAtListed({ context, names }: ApplyTask, file: string): Promise<FileAtPath> {
  const path = context.files.pathOf({ file })
  const found = await context.files.lookAt(path)
  if (found?.kind !== 'file' || !names.isListed(path)) {
    throw new OutdatedAction(`${path} is no longer there`)
  }
  return found
}

/** The entries that name the file, if it is as the evidence of each says, and each is Active and not in use. */
export async function findShareable(
  { context, names }: ApplyTask,
  { path, fingerprint, ...found }: FileAtPath,
  digest: string,
): Promise<readonly NamingEntry[]> {
  const owners = await names.findOwners({ path, fingerprint, ...found })
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

export function hasDigest(entry: NamingEntry['entry'], files: NamingEntry['files'], digest: string): boolean {
  return files.some(({ part }) => (part === undefined ? entry.digest : part.digest) === digest)
}

/** Evidence may be months old, and from now on this file stands for both. */
export async function readKept(task: ApplyTask, keep: FileAtPath, digest: string): Promise<void> {
  const { context, signal, onReading } = task
  const [read] = await context.verifier.digestFiles([keep], { signal, onProgress: onReading })
  // Stryker disable next-line OptionalChaining: only the types need this: one file has one result.
  if (read?.digest === digest && findChanges(read.fingerprint, keep.fingerprint).length === 0) return
  // Recorded as always, and the action fails with what is found.
  for (const { entry } of await task.names.findOwners(keep)) await assertVerified(task, entry)
  throw new OutdatedAction(`${keep.path} changed while it was read`)
}
