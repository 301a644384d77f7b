import {
  type EntryContent,
  type Evidence,
  type FileAtPath,
  type Fingerprint,
  isCatalogError,
  type ModelEntry,
  type RecordedFingerprint,
  type UpkeepAction,
} from '@catalog/types'
import { type CatalogContext, isOwnNode } from '../../context/catalog-ports.ts'
import { updateEntry } from '../../entry/update-entry.ts'
import { dropEvidence } from '../../evidence/evidence.ts'
import { findChanges, isSameButCtime } from '../../evidence/fingerprints.ts'
import { livenessOf } from '../../evidence/liveness.ts'
import { findAnyEvidence } from '../../evidence/own-evidence.ts'
import { createLastCopy, createLastCopyCheck } from '../../fleet/last-copy.ts'
import { findUsers } from '../../lease/active-leases.ts'
import { collectingDirectoriesOf, parseLeftover } from '../../ownership/partial-name.ts'
import type { NamingEntry } from '../survey/current-names.ts'
import { findUse } from '../survey/leftovers.ts'
import { assertPlanned, assertSomeMissing, forgetEvidence } from './apply-entry-actions.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'

type Removal = Extract<UpkeepAction, { readonly kind: 'remove-file' }>

/**
 * Removes a file that the plan names, if it is not needed by now. What the catalog knows of the file goes first: a
 * crash in between leaves a file that the next plan names again, and never a model that takes itself for verified.
 */
export async function removePlannedFile(task: ApplyTask, action: Removal): Promise<ActionOutcome> {
  const { files } = task.context
  const path = files.pathOf({ file: action.file })
  const found = await files.lookAt(path)
  if (found !== undefined) await assertRemovable(task, action, found)
  // Stryker disable next-line ConditionalExpression: saves a look: no other file is on record.
  if (action.why === 'quarantined') await forgetQuarantined(task, path)
  if (found === undefined) return { kind: 'done' }
  const owners = await task.names.findOwners(found)
  for (const { entry } of owners) await forgetRetired(task, action, entry, found)
  // Its use may have begun while the catalog was written.
  await assertUnneeded(task, action, found)
  if (!(await files.removeFile(path, found.fingerprint))) throw new OutdatedAction(`${path} changed since`)
  // A verification that was under way all the time has found a file that is gone by now.
  for (const { entry } of owners) await forgetGone(task, entry)
  await removeEmptied(task, path)
  return { kind: 'done', freedBytes: found.links === 1 ? found.fingerprint.sizeBytes : 0 }
}

/**
 * A download made these directories for such files: with the last one they go too. The file is gone, even if they stay.
 */
async function removeEmptied({ context }: ApplyTask, path: string): Promise<void> {
  try {
    for (const directory of collectingDirectoriesOf(path)) {
      if (!(await context.files.removeDirectory(directory))) return
    }
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}

async function assertRemovable(task: ApplyTask, action: Removal, found: FileAtPath): Promise<void> {
  const { path, fingerprint, kind } = found
  if (kind !== 'file') throw new OutdatedAction(`${path} is not a regular file`)
  if (!task.names.isListed(path)) throw new OutdatedAction(`${path} was not below the root at the beginning`)
  // The other names of a file change its ctime when they go.
  const isSame =
    action.links > 1
      ? isSameButCtime(fingerprint, action.fingerprint)
      : findChanges(fingerprint, action.fingerprint).length === 0
  if (!isSame) throw new OutdatedAction(`${path} changed since`)
  for (const { entry } of await assertUnneeded(task, action, found)) assertStillPlanned(task, action, entry)
}

/** Throws if a model needs the file by now, or if a model whose file it is, or was to be, is in use. */
async function assertUnneeded(
  task: ApplyTask,
  action: Removal,
  found: FileAtPath,
): Promise<readonly NamingEntry[]> {
  const owners = await task.names.findOwners(found)
  for (const { entry } of owners) assertRetired(task, entry, found.path)
  if ((action.why === 'retired') !== owners.length > 0) {
    throw new OutdatedAction(`${found.path} ${owners.length > 0 ? 'is' : 'is no longer'} the file of a model`)
  }
  if (action.why === 'orphan' && (await task.names.isNeighbour(action.file))) {
    throw new OutdatedAction(`${found.path} belongs to a model beside it`)
  }
  await assertNoDownload(task, action, found.path)
  return owners
}

function assertRetired({ context }: ApplyTask, entry: ModelEntry, path: string): void {
  if (entry.state !== 'Retired')
    throw new OutdatedAction(`${path} is the file of ${entry.id}, ${entry.state}`)
  assertUnused(context, entry)
}

function assertUnused(context: ApplyTask['context'], entry: ModelEntry): void {
  const [user] = findUsers(context, entry)
  if (user === undefined) return
  throw new OutdatedAction(`${entry.id} has a ${user.use} of ${user.holder} until ${user.until}`)
}

/** A partial file may be wanted again although it was not when the plan was made. */
async function assertNoDownload(task: ApplyTask, { why }: Removal, path: string): Promise<void> {
  const leftover = parseLeftover(path)
  if (leftover === undefined) return
  const { context, names } = task
  const owners = await names.findOwnersOfPath(leftover.file)
  for (const { entry } of owners) assertUnused(context, entry)
  const isAlone =
    leftover.kind === 'checkpoint' && (await context.files.lookAt(leftover.partial)) === undefined
  if (why === 'leftover' && findUse(context, owners, isAlone) === 'resumable')
    throw new OutdatedAction(`a download may go on with ${path}`)
}

/** The entry is as the plan saw it, but for what an action of this plan, now or before a crash, has done. */
function assertStillPlanned({ context }: ApplyTask, { entries }: Removal, entry: ModelEntry): void {
  const planned = entries.find(({ id }) => id === entry.id)
  if (planned === undefined) throw new OutdatedAction(`${entry.id} has named the file since`)
  if (findAnyEvidence(context, entry) !== undefined) assertPlanned(entry, planned)
}

/** From here on the model cannot become Active without a new verification, even one that read this very file. */
async function forgetRetired(
  task: ApplyTask,
  { lastCopy: isWanted }: Removal,
  { id }: ModelEntry,
  { path, fingerprint }: FileAtPath,
): Promise<void> {
  const { context, actor, reason } = task
  const isLive = await livenessOf(context)
  const findLastCopy = await createLastCopyCheck(context)
  await updateEntry(context, { id, actor, reason, operation: 'forget-evidence' }, (entry) => {
    const own = findAnyEvidence(context, entry)?.key
    // Stryker disable next-line ConditionalExpression,ArrayDeclaration: a key without evidence changes nothing.
    const keys = new Set([...(own === undefined ? [] : [own]), ...findReadings(context, entry, fingerprint)])
    // By the entry as it is when the change takes effect: of two machines that both remove their copies one comes second.
    const copy = isWanted ? undefined : findLastCopy(entry, keys)
    if (copy !== undefined) throw createLastCopy(entry, path, copy)
    const left = [...keys].reduce<EntryContent>((rest, key) => dropEvidence(rest, key, isLive), entry)
    assertRetired(task, entry, path)
    return left
  })
}

/**
 * The keys of what was read of this file, by whichever machine. In a shared store another machine may have a clone of the disk, with
 * a file of its own that looks the same; only on a network file system it is the same file.
 */
function findReadings(
  context: CatalogContext,
  { evidence = {} }: ModelEntry,
  { dev, ...found }: Fingerprint,
): readonly string[] {
  const isForAll = !context.store.isShared || context.volumes.find(dev)?.isLocal === false
  const isIt = (read: RecordedFingerprint | undefined): boolean =>
    // Stryker disable next-line ConditionalExpression: only the types need this: nothing is like no file.
    read !== undefined && isSameButCtime({ ...read, dev }, { ...found, dev })
  // Stryker disable next-line ArrayDeclaration: what has no fingerprint is not the file.
  const isOfIt = ({ node, fingerprint: one, files = [] }: Evidence): boolean =>
    (isForAll || node === context.node) && (isIt(one) || files.some((each) => isIt(each.fingerprint)))
  const readings = Object.entries(evidence).filter(([, each]) => isOfIt(each))
  return readings.map(([key]) => key)
}

/** Even if the entry changed meanwhile: what this node knows of the file is no longer so. */
async function forgetGone(task: ApplyTask, entry: ModelEntry): Promise<void> {
  try {
    await forgetEvidence(task, entry, (now) => assertSomeMissing(task, now))
  } catch (error) {
    if (!(error instanceof OutdatedAction) && !isCatalogError(error, 'NOT_FOUND')) throw error
  }
}

/** Drops the record of a quarantined file that is being removed. */
async function forgetQuarantined({ context, names, actor, reason }: ApplyTask, path: string): Promise<void> {
  const isIt = (each: { readonly path: string; readonly node: string }): boolean =>
    each.path === path && isOwnNode(context, each.node)
  for (const { entry: named } of await names.findQuarantining(path)) {
    const { id } = named
    await updateEntry(context, { id, actor, reason, operation: 'collect' }, (entry) => {
      // Stryker disable next-line ArrayDeclaration: what is not on record changes nothing.
      const { quarantine: known = [], ...rest } = entry
      const left = known.filter((each) => !isIt(each))
      if (left.length === known.length) return undefined
      assertUnused(context, entry)
      return left.length === 0 ? rest : { ...rest, quarantine: left }
    })
  }
}
