import {
  type DiagnosisNote,
  type EntryContent,
  type Fingerprint,
  isCatalogError,
  type ModelEntry,
} from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { fileReferencesOf } from '../entry/model-file-name.ts'
import type { ReadFile, Reading } from '../entry/reading.ts'
import { readEntry, updateEntry } from '../entry/update-entry.ts'
import { withEvidence } from '../evidence/evidence.ts'
import { findChanges } from '../evidence/fingerprints.ts'
import { livenessOf } from '../evidence/liveness.ts'
import { findAnyEvidence, knownFingerprintOf } from '../evidence/own-evidence.ts'
import { applyVerdict, type VerdictOptions } from '../verify/apply-verdict.ts'
import { diagnoseFile } from '../verify/diagnose.ts'
import { judge, type Mismatch } from '../verify/judge.ts'
import { createSuperseded } from '../verify/still-current.ts'
import type { Verified } from '../verify/verified.ts'
import { isInOrder } from './begin-download.ts'
import { removeControlFiles } from './download-files.ts'
import { withoutDownload } from './download-holder.ts'
import { readDownload } from './download-reading.ts'
import { assertStillFinishing, type FinishedDownload, isPartial } from './finished-download.ts'
import { type Move, putBack } from './place-files.ts'
import { findGone, quarantineFile, withoutRecords } from './quarantine-file.ts'

/**
 * Quarantines the wrong files, and records why the model is Failed, with where the first of them is now. What had to make
 * room for them gets its name back, and is read there. A model that has its right files all the same stays as it is.
 */
export async function refuseDownload(
  context: CatalogContext,
  finished: FinishedDownload,
  { reading, wrong }: Mismatch,
  // Stryker disable next-line ArrayDeclaration: what has no `isAside` is not restored.
  moves: readonly Move[] = [],
): Promise<Verified> {
  const moved: MovedFile[] = []
  for (const file of wrong) moved.push(await moveToQuarantine(context, finished, file))
  // Of a set that is not whole no file is wrong.
  const [first] = moved
  const { id, actor, reason, target } = finished
  const toMismatch = (verdict: Mismatch): Mismatch =>
    first === undefined ? verdict : { ...verdict, ...first, isQuarantined: true }
  const old = await restoreOld(context, finished, moves)
  // Stryker disable next-line ConditionalExpression,ArrayDeclaration: saves a look: only what came back may be gone.
  const gone = old === undefined ? [] : await findGone(context, await readEntry(context, id))
  const isElsewhere = wrong.length > 0 || finished.move !== undefined || reading.files.some(isPartial)
  const attempt = finished.attempt.recordOf(reading)
  const update = { id, actor, reason, operation: 'finish-download', attempt }
  const isLive = await livenessOf(context)
  const policy = await policyOf(context)
  const how: VerdictOptions = { policy, isLive, hosts: [context.node, ...context.formerNodes] }
  const { before, after } = await updateEntry(context, update, async (now) => {
    await assertStillFinishing(context, finished, now, reading)
    const verdict = judge(now, reading)
    // The entry may have come to mean exactly the bytes that are in quarantine now. The model then has no file.
    if (verdict.outcome === 'match') throw createSuperseded(target, now)
    const left =
      isElsewhere && isInOrder(context, now, policy)
        ? now
        : withFileAtName(context, now, toRefused(now, toMismatch(verdict), old, how))
    return withoutRecords(withoutDownload(left), gone)
  })
  await tidyUp(context, before, wrong)
  const verdict = judge(before, reading)
  // Stryker disable next-line ConditionalExpression,StringLiteral,LogicalOperator: only the types need this: a match was not recorded here, and an update has both.
  return { entry: after ?? before, verdict: verdict.outcome === 'match' ? verdict : toMismatch(verdict) }
}

/** That the files are wrong is recorded by now, and matters more than what cannot be removed. */
async function tidyUp(context: CatalogContext, entry: ModelEntry, wrong: readonly ReadFile[]): Promise<void> {
  try {
    for (const { part } of wrong) await removeControlFiles(context, entry, part)
  } catch (error) {
    if (!isCatalogError(error)) throw error
  }
}

/** Failed by the mismatch, unless the files that stand at the names by now, as `old` tells, are right. */
function toRefused(
  now: ModelEntry,
  mismatch: Mismatch,
  old: Reading | undefined,
  how: VerdictOptions,
): EntryContent {
  const refused = applyVerdict(now, mismatch, how)
  if (old === undefined) return refused
  const verdict = judge(now, old)
  if (verdict.outcome === 'match') return applyVerdict(now, verdict, how)
  const { failure } = refused
  // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
  return { ...applyVerdict(now, verdict, how), ...(failure !== undefined && { failure }) }
}

/** What is known of a wrong file that still stands at its name outlives what is known of another one that is in quarantine. */
function withFileAtName(context: CatalogContext, before: ModelEntry, refused: EntryContent): EntryContent {
  const own = findAnyEvidence(context, before)
  const known = knownFingerprintOf(own)
  if (own?.evidence.outcome !== 'mismatch' || known === undefined) return refused
  const [first] = fileReferencesOf(before)
  // Stryker disable next-line ConditionalExpression: only the types need this: a model has a file.
  const isThere = first !== undefined && isUnchanged(context, context.files.pathOf(first.reference), known)
  return isThere ? withEvidence(refused, own.key, own.evidence) : refused
}

function isUnchanged({ verifier }: CatalogContext, path: string, known: Fingerprint): boolean {
  try {
    return findChanges(known, verifier.readFingerprint(path)).length === 0
    // Stryker disable next-line BlockStatement: only what is not expected differs.
  } catch (error) {
    // Stryker disable next-line ConditionalExpression: only what is not expected differs.
    if (isCatalogError(error)) return false
    throw error
  }
}

/** Gives quarantined files their names back, and reads all files there. Undefined if there were none, or one cannot be read. */
async function restoreOld(
  context: CatalogContext,
  finished: FinishedDownload,
  moves: readonly Move[],
): Promise<Reading | undefined> {
  const isRestored = await putBack(
    context,
    moves.filter(({ isAside }) => isAside),
  )
  // Stryker disable next-line ConditionalExpression: saves a reading of names where nothing is.
  if (!isRestored) return undefined
  try {
    return await readDownload(context, finished)
  } catch (error) {
    if (isCatalogError(error) && !isCatalogError(error, 'DOWNLOAD_ENDED')) return undefined
    throw error
  }
}

/** A wrong file in quarantine. */
interface MovedFile {
  readonly path: string
  readonly diagnosis?: readonly DiagnosisNote[]
}

async function moveToQuarantine(
  context: CatalogContext,
  finished: FinishedDownload,
  file: ReadFile,
): Promise<MovedFile> {
  const { path: from, place, sizeBytes, read } = file
  // What a first look has found is told as it was.
  const refusals = file.look?.refusals ?? []
  const notes =
    refusals.length > 0 ? refusals : await diagnoseFile(context, finished.target.entry, file, finished.target)
  const known = {
    sizeBytes,
    ...(read !== undefined && { digest: read.digest }),
    ...(notes.length > 0 && { diagnosis: notes }),
  }
  const path = await quarantineFile(context, finished, { from, path: place, ...known })
  return { path, ...(notes.length > 0 && { diagnosis: notes }) }
}
