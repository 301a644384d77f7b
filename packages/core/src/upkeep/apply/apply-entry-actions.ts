/** Room `upkeep/apply`: carrying out a plan, each action only if it still holds. */

import type {
  CatalogErrorCode,
  EntryContent,
  FileReference,
  Fingerprint,
  ModelEntry,
  PlannedEntry,
  UpkeepAction,
} from '@catalog/types'
import { fileReferenceOf } from '../../entry/model-file-name.ts'
import { readEntry, updateEntry } from '../../entry/update-entry.ts'
import { dropEvidence } from '../../evidence/evidence.ts'
import { findChanges } from '../../evidence/fingerprints.ts'
import { livenessOf } from '../../evidence/liveness.ts'
import { evidenceOf, findAnyEvidence, findOwnKeys } from '../../evidence/own-evidence.ts'
import { createMismatch, entryOfMatch, type Verified } from '../../verify/verified.ts'
import { verifyModel } from '../../verify/verify-model.ts'
import { findRecordedFailure } from '../survey/recorded-failure.ts'
import { isAsKnown, surveyEntry } from '../survey/survey.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'

type ActionOf<K extends UpkeepAction['kind']> = Extract<UpkeepAction, { readonly kind: K }>

const DONE: ActionOutcome = { kind: 'done' }

/** Takes from a model what is known of files that are not there, or of volumes that were not seen for long. */
export async function forgetMissing(
  task: ApplyTask,
  { entry: planned, paths, keys }: ActionOf<'forget-evidence'>,
): Promise<ActionOutcome> {
  const assertHolds = async (entry: ModelEntry): Promise<void> => {
    assertPlanned(entry, planned)
    if (paths.length > 0) return await assertSomeMissing(task, entry, keys !== undefined)
    // Stryker disable next-line ArrayDeclaration: only the types need this: without paths a plan has keys.
    await assertDead(task, entry, keys ?? [])
  }
  await forgetEvidence(task, planned, assertHolds, keys)
  return DONE
}

async function assertDead({ context }: ApplyTask, entry: ModelEntry, keys: readonly string[]): Promise<void> {
  const isLive = await livenessOf(context)
  for (const key of keys) {
    const evidence = evidenceOf(entry, key)
    // Stryker disable next-line ConditionalExpression: only the types need this: the entry is as it was planned.
    if (evidence === undefined) continue
    if (isLive(key, evidence)) throw new OutdatedAction(`volume ${key} was seen again`)
  }
}

/** Makes the entry refer to the place where its file is found, once its bytes are read and right. */
export async function relocateModel(
  task: ApplyTask,
  { entry: planned, to, files }: ActionOf<'relocate'>,
): Promise<ActionOutcome> {
  const { context } = task
  const entry = await readEntry(context, planned.id)
  const reference = fileReferenceOf(entry)
  if ('file' in reference && reference.file === to && (await isVerified(task, entry))) return DONE
  assertPlanned(entry, planned)
  // Its directory may be the one that was renamed: what is found is read before anything refers to it.
  await assertSomeMissing(task, entry, true)
  const paths = files.map(({ file, fingerprint }) => ({ path: context.files.pathOf({ file }), fingerprint }))
  // Stryker disable next-line ObjectLiteral: a file in the root has no links that it may follow.
  await assertAsPlanned(task, paths, { file: to })
  const { verdict } = await verify(task, planned, context.files.pathOf({ file: to }))
  if (verdict.outcome === 'match') return DONE
  // It is not the model's file after all, so that there is none.
  await forgetEvidence(task, planned, (now) => assertSomeMissing(task, now))
  throw createMismatch(planned.id, verdict)
}

/** Reads a model whose file is another than the one that was read, and records what it finds. */
export async function reverifyModel(
  task: ApplyTask,
  { entry: planned, files }: ActionOf<'reverify'>,
): Promise<ActionOutcome> {
  const entry = await readEntry(task.context, planned.id)
  const recorded = await findRecorded(task, entry)
  if (recorded !== undefined) return recorded
  assertPlanned(entry, planned)
  await assertAsPlanned(task, files, fileReferenceOf(entry))
  const { verdict } = await verify(task, planned)
  return verdict.outcome === 'match' ? DONE : toFailed(entry, createMismatch(entry.id, verdict).code)
}

/** Verifies a model. @throws {CatalogError} DIGEST_MISMATCH, SIZE_MISMATCH, NOT_A_MODEL once that is recorded */
export async function assertVerified(task: ApplyTask, planned: Pick<PlannedEntry, 'id'>): Promise<void> {
  entryOfMatch(await verify(task, planned))
}

/** Verifies as always, so that evidence and states are recorded as always. */
async function verify(
  { context, actor, reason, signal, onReading }: ApplyTask,
  { id }: Pick<PlannedEntry, 'id'>,
  path?: string,
): Promise<Verified> {
  return await verifyModel(context, { id, path, actor, reason, signal, onProgress: onReading })
}

/**
 * Removes evidence, if what is asserted of the entry holds whenever it is about to be changed: what stands under the keys, or
 * else what there is of volumes that are here.
 */
export async function forgetEvidence(
  { context, actor, reason }: ApplyTask,
  { id }: Pick<PlannedEntry, 'id'>,
  assertHolds: (entry: ModelEntry) => unknown,
  keys?: readonly string[],
): Promise<void> {
  const isLive = await livenessOf(context)
  await updateEntry(context, { id, actor, reason, operation: 'forget-evidence' }, async (entry) => {
    const found = keys ?? findOwnKeys(context, entry)
    const there = found.filter((key) => evidenceOf(entry, key) !== undefined)
    if (there.length === 0) return undefined
    await assertHolds(entry)
    return there.reduce<EntryContent>((left, key) => dropEvidence(left, key, isLive), entry)
  })
}

/** Whether the entry is still the one that the plan saw. */
export function assertPlanned(entry: ModelEntry, planned: PlannedEntry): void {
  const { id, revision, state } = entry
  if (revision === planned.revision && state === planned.state) return
  const seen = `${planned.state} at revision ${planned.revision}`
  throw new OutdatedAction(`${id} is ${state} at revision ${revision}, and was ${seen}`)
}

/** Whether the files are still those that the plan saw. */
async function assertAsPlanned(
  { context }: ApplyTask,
  files: readonly { readonly path: string; readonly fingerprint: Fingerprint }[],
  reference: FileReference,
): Promise<void> {
  const followSymlink = context.files.followsLinks(reference)
  for (const { path, fingerprint } of files) {
    const found = context.verifier.readFingerprint(path, { followSymlink })
    if (findChanges(found, fingerprint).length > 0) throw new OutdatedAction(`${path} changed since`)
  }
}

/** Whether the model still lacks one of its files. */
export async function assertSomeMissing(
  { context }: ApplyTask,
  entry: ModelEntry,
  mayBeAbsent = false,
): Promise<void> {
  const files = await surveyEntry(context, entry)
  const gone = files.filter(({ sight }) => sight.kind === 'missing' || sight.kind === 'special')
  if (!mayBeAbsent && gone.some(({ isAbsent }) => isAbsent)) {
    throw new OutdatedAction(`the directory or the volume of ${entry.id} does not exist`)
  }
  if (gone.length > 0) return
  throw new OutdatedAction(`the file of ${entry.id} exists again`)
}

/** What an earlier attempt found and recorded; undefined where the files are others than those it saw. */
export async function findRecorded(task: ApplyTask, entry: ModelEntry): Promise<ActionOutcome | undefined> {
  const files = await surveyEntry(task.context, entry)
  const code = findRecordedFailure(entry, files)
  if (code !== undefined) return toFailed(entry, code)
  // All files of a model have one evidence: if it says that they are wrong, the code above tells.
  return files.every(isAsKnown) ? DONE : undefined
}

function toFailed({ id }: ModelEntry, code: CatalogErrorCode): ActionOutcome {
  return { kind: 'failed', code, text: `model "${id}" was read, and its bytes are wrong` }
}

async function isVerified(task: ApplyTask, entry: ModelEntry): Promise<boolean> {
  const own = findAnyEvidence(task.context, entry)
  return own?.evidence.outcome === 'match' && (await isRead(task, entry))
}

/** Whether this node has read all of a model's files as they are. */
async function isRead({ context }: ApplyTask, entry: ModelEntry): Promise<boolean> {
  return (await surveyEntry(context, entry)).every(isAsKnown)
}
