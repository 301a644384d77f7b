import type { ModelEntry, ModelId } from '@catalog/types'
import type { CatalogContext } from './catalog-ports.ts'
import { createConflict, createMismatch } from './errors.ts'
import { observeVerification } from './observe-verification.ts'
import type { VerifyOptions } from './operation-options.ts'
import { type Updated, updateEntry } from './update-entry.ts'
import { applyFinding, type Finding, judge } from './verification-outcome.ts'
import { findTarget, isStillMeant, type VerificationTarget } from './verification-target.ts'

export interface VerifyRequest extends VerifyOptions {
  readonly id: ModelId
  readonly path?: string | undefined
}

/**
 * Reads the model's file, records what was found, and rejects with DIGEST_MISMATCH or SIZE_MISMATCH, once that
 * is durable, where it is not what the entry expects. What could not be read to its end leaves no trace.
 */
export async function verifyModel(context: CatalogContext, request: VerifyRequest): Promise<ModelEntry> {
  request.signal?.throwIfAborted()
  const target = await findTarget(context, request.id, request.path)
  return observeVerification(context, request.id, async (report) => {
    const finding = await examineFile(context, target, request)
    report.setFinding(finding)
    request.signal?.throwIfAborted()
    const { before, after } = await recordFinding(context, request, target, finding)
    const verdict = judge(before, finding)
    report.setVerdict(verdict)
    if (verdict.outcome !== 'match') throw createMismatch(request.id, target.path, verdict)
    return after ?? before
  })
}

/** Measures before it reads: a download that stopped halfway is found out without hashing 200 GB. */
async function examineFile(
  { verifier, clock, node }: CatalogContext,
  { entry, path }: VerificationTarget,
  { signal, onProgress }: VerifyRequest,
): Promise<Finding> {
  const now = (): string => clock.now().toISOString()
  const expectedBytes = entry.sizeBytes
  if (expectedBytes !== undefined) {
    const foundBytes = await verifier.measureFile(path)
    if (foundBytes !== expectedBytes) {
      return { kind: 'measured', expectedBytes, foundBytes, node, path, at: now() }
    }
  }
  const read = await verifier.digestFile(path, { signal, onProgress })
  return { kind: 'read', read, node, path, at: now() }
}

/** Applies the finding to the entry as it is by now. CONFLICT where that no longer means what was read. */
function recordFinding(
  context: CatalogContext,
  { id, actor, reason }: VerifyRequest,
  target: VerificationTarget,
  finding: Finding,
): Promise<Updated> {
  return updateEntry(context, { id, actor, reason, operation: 'verify' }, async (now) => {
    if (await isStillMeant(context, target, now, finding)) return applyFinding(now, finding, target.moveTo)
    const expectedRevision = target.entry.revision
    throw createConflict({ id, expectedRevision, foundRevision: now.revision })
  })
}
