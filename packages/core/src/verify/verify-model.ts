import type { ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { policyOf } from '../context/policy.ts'
import { addModelId } from '../entry/errors.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import type { Reading } from '../entry/reading.ts'
import type { UpdateRequest } from '../entry/update-entry.ts'
import { livenessOf } from '../evidence/liveness.ts'
import { isWhollyKnown } from '../ownership/claims.ts'
import {
  assertPathsFree,
  findPathRivalry,
  hasOtherNames,
  updateExclusively,
} from '../ownership/exclusive-update.ts'
import { applyVerdict, withReference } from './apply-verdict.ts'
import { diagnoseFile } from './diagnose.ts'
import { judge } from './judge.ts'
import { observeVerification } from './observe-verification.ts'
import { type ReadRequest, readFiles } from './read-files.ts'
import { assertStillCurrent } from './still-current.ts'
import { findTarget, type VerificationTarget } from './verification-target.ts'
import type { Verified } from './verified.ts'

export interface VerifyRequest extends VerifyOptions, ReadRequest {
  readonly id: ModelId
  readonly path?: string | undefined
}

/**
 * Reads the model's files, and resolves with the verdict once what was found is durable. What could not be read to its
 * end changes nothing of the entry, and is recorded as an attempt.
 */
export async function verifyModel(context: CatalogContext, request: VerifyRequest): Promise<Verified> {
  const { id, path, signal } = request
  signal?.throwIfAborted()
  try {
    const target = await findTarget(context, id, path)
    await assertMovable(context, target)
    const observed = { ...byOf(request), signal }
    return await observeVerification(context, observed, async (attempt) => {
      const reading = await readFiles(context, target, request)
      attempt.onReading(reading)
      const diagnosed = await withDiagnosis(context, target, reading)
      signal?.throwIfAborted()
      const by = { ...byOf(request), attempt: attempt.recordOf(diagnosed) }
      return await recordReading(context, by, target, diagnosed)
    })
  } catch (error) {
    throw addModelId(id, error)
  }
}

function byOf({ id, actor, reason }: VerifyRequest): UpdateRequest {
  return { id, actor, reason, operation: 'verify' }
}

/** Before hours of hashing. Where no digest is known yet, only the reading tells whether another model has the same bytes. */
async function assertMovable(context: CatalogContext, { entry, moveTo }: VerificationTarget): Promise<void> {
  if (moveTo === undefined) return
  const moved = withReference(entry, moveTo)
  if (isWhollyKnown(context, moved)) await assertPathsFree(context, moved)
}

/** The reading with what its first wrong file looks like; of files that are only wrong together that cannot be said. */
async function withDiagnosis(
  context: CatalogContext,
  target: VerificationTarget,
  reading: Reading,
): Promise<Reading> {
  const verdict = judge(target.entry, reading)
  // A first look has told already.
  if (verdict.outcome === 'match' || verdict.outcome === 'not-a-model') return reading
  const first = verdict.wrong.find(({ path }) => path === verdict.path)
  if (first === undefined) return reading
  const diagnosis = await diagnoseFile(context, target.entry, first, target)
  return diagnosis.length === 0 ? reading : { ...reading, diagnosis }
}

/** Judges the reading by the entry as it is by now. CONFLICT if that no longer means what was read. */
async function recordReading(
  context: CatalogContext,
  request: UpdateRequest,
  target: VerificationTarget,
  reading: Reading,
): Promise<Verified> {
  const { moveTo } = target
  const { node, formerNodes } = context
  const policy = await policyOf(context)
  const isLive = await livenessOf(context)
  const hosts = [node, ...formerNodes]
  const { before, after } = await updateExclusively(context, request, {
    change: async (now) => {
      await assertStillCurrent(context, target, now, reading)
      return applyVerdict(now, judge(now, reading), { moveTo, policy, isLive, hosts })
    },
    findRivalry: findPathRivalry,
    isAsked: (...entries) => moveTo !== undefined && hasOtherNames(context)(...entries),
  })
  return { entry: after ?? before, verdict: judge(before, reading) }
}
