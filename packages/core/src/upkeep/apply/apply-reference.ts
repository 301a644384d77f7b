import type { EntryContent, Evidence, FileAtPath, ModelEntry } from '@catalog/types'
import {
  evidenceOfSameInode,
  isMatchingEvidence,
  type KnownFile,
  withEvidence,
} from '../../evidence/evidence.ts'
import { findChanges } from '../../evidence/fingerprints.ts'
import { recordedOf } from '../../evidence/own-evidence.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { findPathRivalry, updateExclusively } from '../../ownership/exclusive-update.ts'
import { withReference } from '../../verify/apply-verdict.ts'
import type { NamingEntry } from '../survey/current-names.ts'
import { findImmovable } from '../survey/immovable.ts'
import { isAsKnown, surveyEntry } from '../survey/survey.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'
import { findShareable, lookAtListed, readKept, type Share } from './shareable.ts'

/** What an action works on, as it was found. */
interface Found {
  readonly action: Share
  readonly keep: FileAtPath
  readonly replace: FileAtPath
}

/**
 * Makes the entries of one file refer to an equal one, and then removes the first. The file that stays is not touched, so
 * that what was read of it stays true. A crash in between leaves a file that no entry names: the same plan removes it.
 */
export async function shareByReference(task: ApplyTask, action: Share): Promise<ActionOutcome> {
  const { files } = task.context
  const keep = await lookAtListed(task, action.keep.file)
  const path = files.pathOf({ file: action.replace.file })
  if ((await files.lookAt(path)) === undefined) {
    await assertMoved(task, action, path)
    return { kind: 'done' }
  }
  const replace = await lookAtListed(task, action.replace.file)
  if (findChanges(replace.fingerprint, action.replace.fingerprint).length > 0 || replace.links > 1) {
    throw new OutdatedAction(`${path} changed since`)
  }
  const found = { action, keep, replace }
  if ((await task.names.findOwners(replace)).length === 0) await assertMoved(task, action, path)
  else await moveReferences(task, found)
  return await removeReplaced(task, found)
}

/** An earlier attempt has made an entry of the plan refer to the file that stays, and none names the other one. */
async function assertMoved({ context, names }: ApplyTask, { ids, keep }: Share, path: string): Promise<void> {
  const owners = await names.findOwnersOfPath(context.files.pathOf(keep))
  const isMoved = owners.some(({ entry }) => ids.includes(entry.id))
  if (isMoved && (await names.findOwnersOfPath(path)).length === 0) return
  throw new OutdatedAction(`${path} is ${isMoved ? 'no longer there' : 'no longer the file of a model'}`)
}

async function moveReferences(task: ApplyTask, found: Found): Promise<void> {
  const { action, keep, replace } = found
  const owners = await findShareable(task, replace, action.digest)
  for (const owner of owners) assertMovable(task, owner, replace.path)
  await findShareable(task, keep, action.digest)
  await readKept(task, keep, action.digest)
  const { actor, reason } = task
  for (const { entry } of owners) {
    const request = { id: entry.id, actor, reason, operation: 'dedupe' }
    const change = (now: ModelEntry): Promise<EntryContent> => toMoved(task, found, now)
    await updateExclusively(task.context, request, { change, findRivalry: findPathRivalry })
  }
}

/** The entry, referring to the file that stays, with the evidence at hand of it. Called right before it is committed. */
async function toMoved(task: ApplyTask, found: Found, entry: ModelEntry): Promise<EntryContent> {
  const { context } = task
  const { action, replace } = found
  const files = await surveyEntry(context, entry)
  assertMovable(task, { entry, files }, replace.path)
  const [user] = findUsers(context, entry)
  if (user !== undefined) throw new OutdatedAction(`${entry.id} has a ${user.use} of ${user.holder}`)
  // Stryker disable next-line MethodExpression: a model that can be moved has one file.
  if (entry.state !== 'Active' || entry.digest !== action.digest || !files.every(isAsKnown)) {
    throw new OutdatedAction(`${replace.path} is not as the evidence of ${entry.id} says`)
  }
  const { key, evidence } = await findKeptEvidence(task, found)
  return withEvidence(withReference(entry, { file: action.keep.file }), key, evidence)
}

function assertMovable({ context }: ApplyTask, { entry, files }: NamingEntry, path: string): void {
  const obstacle = findImmovable(context, entry, files, path)
  if (obstacle !== undefined) throw new OutdatedAction(`${path} stays: ${obstacle}`)
}

/** What was read of the file that stays, if it is still in that very state. */
async function findKeptEvidence(
  task: ApplyTask,
  { action: { digest }, keep: { path } }: Found,
): Promise<{ readonly key: string; readonly evidence: Evidence }> {
  const owners = await task.names.findOwnersOfPath(path)
  const known = owners.flatMap((owner) => findKnown(owner, { path, digest }))[0]
  const now = await task.context.files.lookAt(path)
  if (known === undefined || now?.kind !== 'file') throw new OutdatedAction(`${path} changed since`)
  const directory = task.context.volumes.directoryOf(path)
  const evidence = evidenceOfSameInode(known, { ...now, directory })
  if (evidence === undefined) throw new OutdatedAction(`${path} changed since`)
  return { key: known.from.key, evidence }
}

/** What an Active entry knows of a file that it names. */
function findKnown(
  { entry, files }: NamingEntry,
  { path, digest }: { readonly path: string; readonly digest: Share['digest'] },
): readonly KnownFile[] {
  if (entry.state !== 'Active') return []
  return files.flatMap(({ path: place, part, own }) => {
    if (own === undefined || !isMatchingEvidence(entry, own.evidence)) return []
    // Stryker disable next-line ConditionalExpression,LogicalOperator: asked twice: what else the model knows is of another inode, and then nothing is done.
    const isIt = place === path && (part === undefined ? entry.digest : part.digest) === digest
    const recorded = recordedOf(own, part)
    // Stryker disable next-line ConditionalExpression: only the types need this: what matches has a fingerprint of each file.
    return isIt && recorded !== undefined ? [{ from: own, recorded, digest }] : []
  })
}

/** Only once no model names it, as it was planned, and while the other one is there as it was read. */
async function removeReplaced(task: ApplyTask, found: Found): Promise<ActionOutcome> {
  const { replace } = found
  await findKeptEvidence(task, found)
  const [owner] = await task.names.findOwners(replace)
  if (owner !== undefined) throw new OutdatedAction(`${replace.path} is the file of ${owner.entry.id}`)
  if (!(await task.context.files.removeFile(replace.path, replace.fingerprint))) {
    throw new OutdatedAction(`${replace.path} changed since`)
  }
  return { kind: 'done', freedBytes: replace.fingerprint.sizeBytes }
}
