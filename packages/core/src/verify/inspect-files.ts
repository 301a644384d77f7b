import type { DiagnosisNote, LookResult, SeenFile, Volume } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { ReadFile, Reading, TargetFile } from '../entry/reading.ts'
import { anchorsOf } from '../evidence/own-evidence.ts'
import { takeFirstLooks } from './first-look.ts'
import { findWrongSizes } from './judge.ts'
import { findMissingShards } from './missing-shards.ts'
import { findVolumes } from './reading-volumes.ts'
import type { VerificationTarget } from './verification-target.ts'

/** What is known of a model's files before one of them is read to its end. */
export interface Inspection {
  /** All files, in their order, with their sizes. */
  readonly seen: readonly (ReadFile & SeenFile)[]
  readonly missing: readonly DiagnosisNote[]
  /** False if a size is not the declared one, or a shard of the set is missing: no digest could make that right. */
  readonly isReadable: boolean
  /** What the first look at each file without a declared digest found; none was taken if they are not readable. */
  readonly looks: readonly (LookResult | undefined)[]
}

/** Looks at all files of a model: the first that is missing rejects. Reads no more than headers and samples. */
export async function inspectFiles(
  context: CatalogContext,
  target: VerificationTarget,
  signal: AbortSignal | undefined,
): Promise<Inspection> {
  const seen = await statFiles(context, target)
  signal?.throwIfAborted()
  const missing = await findMissingShards(context, target)
  const isReadable = missing.length === 0 && findWrongSizes(target.entry, seen).length === 0
  // Stryker disable next-line ArrayDeclaration: what is not readable is judged without looks.
  const looks = isReadable ? await takeFirstLooks(context, target, signal) : []
  return { seen, missing, isReadable, looks }
}

/** A reading that read nothing: `judge` finds by it what is wrong without any digest. */
export function toUnread(
  { node, store: { isShared }, clock }: CatalogContext,
  { path }: VerificationTarget,
  { seen, missing, looks }: Inspection,
): Reading {
  const files = seen.map(({ fingerprint: _, ...file }, index): ReadFile => {
    const look = looks[index]
    // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
    return look === undefined ? file : { ...file, look }
  })
  const set = missing.length > 0 && { missing }
  return { node, isShared, at: clock.now().toISOString(), path, files, ...set, bytes: 0, durationMs: 0 }
}

async function statFiles(
  context: CatalogContext,
  { entry, files, followSymlink }: VerificationTarget,
): Promise<readonly (ReadFile & SeenFile)[]> {
  const { verifier, volumes } = context
  const seen: (TargetFile & SeenFile)[] = []
  for (const file of files) {
    seen.push({ ...file, fingerprint: await verifier.statFile(file.path, { followSymlink }) })
  }
  const found = await findVolumes(context, seen, anchorsOf(context, entry))
  return seen.map((file, index) => {
    const directory = volumes.directoryOf(file.path)
    // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
    const where = { volume: found[index] as Volume, ...(directory !== undefined && { directory }) }
    return { ...file, ...where, sizeBytes: file.fingerprint.sizeBytes }
  })
}
