import { type DiagnosisNote, isCatalogError, type ModelEntry } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { findKnownDigests } from '../verify/read-model.ts'
import { applyFinding, type Finding, judge } from '../verify/verification-outcome.ts'
import { removeCheckpoint } from './download-files.ts'
import { withoutDownload } from './download-holder.ts'
import { type CollectedFile, type DownloadReading, digestOf } from './download-reading.ts'
import { assertStillMeant, createOvertaken, type FinishedDownload } from './finished-download.ts'
import { putAside } from './put-aside.ts'

/** Puts the wrong files aside, records why the model is Failed, and returns that, with where the first of them is now. */
export async function refuseDownload(
  context: CatalogContext,
  finished: FinishedDownload,
  reading: DownloadReading,
): Promise<Finding> {
  const aside: Aside[] = []
  for (const file of reading.wrong) aside.push(await putFileAside(context, finished, file))
  const [first] = aside
  if (first === undefined) throw new TypeError('a mismatch must have a wrong file')
  const { path, diagnosis } = first
  const finding = { ...reading.finding, path, ...(diagnosis.length > 0 && { diagnosis }) }
  const { id, actor, reason } = finished
  await updateEntry(context, { id, actor, reason, operation: 'finish-download' }, (now) => {
    assertStillMeant(context, finished, { now, finding: reading.finding })
    // What is meant by now may be the very bytes that were put aside: at their name there is no file.
    if (judge(now, finding).outcome === 'match') throw createOvertaken(finished, now)
    return withoutDownload(applyFinding(now, finding))
  })
  for (const file of reading.wrong) await removeCheckpoint(context, file)
  return finding
}

/** A wrong file where it was put. */
interface Aside {
  readonly path: string
  readonly diagnosis: readonly DiagnosisNote[]
}

async function putFileAside(
  context: CatalogContext,
  finished: FinishedDownload,
  file: CollectedFile,
): Promise<Aside> {
  const diagnosis = await diagnose(context, finished.entry, file)
  const digest = digestOf(file)
  const { from, finding } = file
  const path = await putAside(context, finished, {
    from,
    path: file.path,
    sizeBytes: finding.kind === 'read' ? finding.read.sizeBytes : finding.foundBytes,
    ...(digest !== undefined && { digest }),
    ...(diagnosis.length > 0 && { diagnosis }),
  })
  return { path, diagnosis }
}

/** What cannot be told of a wrong file changes nothing about its being wrong. */
async function diagnose(
  context: CatalogContext,
  entry: ModelEntry,
  file: CollectedFile,
): Promise<readonly DiagnosisNote[]> {
  const { digest: expectedDigest, sizeBytes: expectedSizeBytes } = file.part ?? entry
  const { failure } = entry
  try {
    return await context.verifier.diagnoseFile(file.from, {
      expectedDigest: expectedDigest ?? undefined,
      expectedSizeBytes,
      foundDigest: digestOf(file),
      knownDigests: await findKnownDigests(context, digestOf(file)),
      previousFoundDigest: failure?.reason === 'digest-mismatch' ? failure.found : undefined,
    })
  } catch (error) {
    if (!isCatalogError(error)) throw error
    return []
  }
}
