import type { ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { createConflict, withModelId } from '../entry/errors.ts'
import type { VerifyOptions } from '../entry/operation-options.ts'
import { type Updated, updateEntry } from '../entry/update-entry.ts'
import { createMismatch } from './mismatch-error.ts'
import { observeVerification } from './observe-verification.ts'
import { examineFiles, type ReadRequest } from './read-model.ts'
import { applyFinding, type Finding, judge } from './verification-outcome.ts'
import { findTarget, isStillMeant, type VerificationTarget } from './verification-target.ts'

export interface VerifyRequest extends VerifyOptions, ReadRequest {
  readonly id: ModelId
  readonly path?: string | undefined
}

/**
 * Reads the model's files, records what was found, and rejects with DIGEST_MISMATCH or SIZE_MISMATCH, once that
 * is durable, where they are not what the entry expects. What could not be read to its end leaves no trace.
 */
export async function verifyModel(context: CatalogContext, request: VerifyRequest): Promise<ModelEntry> {
  const { id, path, signal, onProgress, bytesPerSecond } = request
  signal?.throwIfAborted()
  return await withModelId(id, async () => {
    const target = await findTarget(context, id, path)
    return observeVerification(context, id, async (report) => {
      const finding = await examineFiles(context, target, { signal, onProgress, bytesPerSecond })
      report.setFinding(finding)
      signal?.throwIfAborted()
      const { before, after } = await recordFinding(context, request, target, finding)
      const verdict = judge(before, finding)
      report.setVerdict(verdict)
      if (verdict.outcome !== 'match') throw createMismatch(id, finding, verdict)
      return after ?? before
    })
  })
}

/** Applies the finding to the entry as it is by now. CONFLICT where that no longer means what was read. */
function recordFinding(
  context: CatalogContext,
  { id, actor, reason }: VerifyRequest,
  target: VerificationTarget,
  finding: Finding,
): Promise<Updated> {
  const { moveTo } = target
  const { policy } = context
  return updateEntry(context, { id, actor, reason, operation: 'verify' }, async (now) => {
    if (await isStillMeant(context, target, now, finding))
      return applyFinding(now, finding, { moveTo, policy })
    const expectedRevision = target.entry.revision
    throw createConflict({ id, expectedRevision, foundRevision: now.revision })
  })
}
