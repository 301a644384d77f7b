import type { DiagnosisNote } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { livenessOf } from '../entry/liveness.ts'
import type { ReadFile } from '../entry/reading.ts'
import { updateEntry } from '../entry/update-entry.ts'
import { applyVerdict } from '../verify/apply-verdict.ts'
import { diagnoseFile } from '../verify/diagnose.ts'
import { judge, type Mismatch } from '../verify/judge.ts'
import { createSuperseded } from '../verify/still-meant.ts'
import type { Verified } from '../verify/verified.ts'
import { removeCheckpoint } from './download-files.ts'
import { withoutDownload } from './download-holder.ts'
import { assertStillFinishing, type FinishedDownload } from './finished-download.ts'
import { quarantineFile } from './quarantine-file.ts'

/** Quarantines the wrong files, and records why the model is Failed, with where the first of them is now. */
export async function refuseDownload(
  context: CatalogContext,
  finished: FinishedDownload,
  { reading, wrong }: Mismatch,
): Promise<Verified> {
  const moved: MovedFile[] = []
  for (const file of wrong) moved.push(await moveToQuarantine(context, finished, file))
  // Of a set that is not whole no file is wrong.
  const [first] = moved
  const { id, actor, reason, target } = finished
  const toMismatch = (verdict: Mismatch): Mismatch =>
    first === undefined ? verdict : { ...verdict, ...first, isQuarantined: true }
  const update = { id, actor, reason, operation: 'finish-download' }
  const isLive = await livenessOf(context)
  const { before, after } = await updateEntry(context, update, async (now) => {
    await assertStillFinishing(context, finished, now, reading)
    const verdict = judge(now, reading)
    // The entry may have come to mean exactly the bytes that are in quarantine now. The model then has no file.
    if (verdict.outcome === 'match') throw createSuperseded(target, now)
    return withoutDownload(applyVerdict(now, toMismatch(verdict), { isLive }))
  })
  for (const { place } of wrong) await removeCheckpoint(context, place)
  const verdict = judge(before, reading)
  return { entry: after ?? before, verdict: verdict.outcome === 'match' ? verdict : toMismatch(verdict) }
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
