import type { FileDigest, LookResult, SeenFile, Sha256Digest, VerifyFileOptions } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { ReadFile, Reading } from '../entry/reading.ts'
import { inspectFiles } from './inspect-files.ts'
import { readFacts } from './model-facts.ts'
import { assertVolumes } from './reading-volumes.ts'
import type { VerificationTarget } from './verification-target.ts'

/** How files are read: what of a request the reading needs. */
export type ReadRequest = Omit<VerifyFileOptions, 'followSymlink'>

/**
 * Reads all files of a model to their last byte, side by side and with one progress; right or wrong is for `judge` to say. All
 * are looked at before the first is read, so that a missing one, and a download that stopped halfway, are found out
 * without hashing 200 GB: if a size is not the declared one, or a shard of the set is missing, none is read. A first look is taken at those without a
 * declared digest; their digests prove that what was read is what was looked at.
 */
export async function readFiles(
  context: CatalogContext,
  target: VerificationTarget,
  { signal, onProgress, bytesPerSecond }: ReadRequest,
): Promise<Reading> {
  const { verifier, volumes, node, store, clock, monotonicMs } = context
  const { path, followSymlink } = target
  const startedMs = monotonicMs()
  const { seen, missing, isReadable, looks } = await inspectFiles(context, target, signal)
  const options = { signal, onProgress, bytesPerSecond, followSymlink }
  const digests = isReadable ? await verifier.digestFiles(seen, options) : []
  assertVolumes(context, seen, digests)
  const files = seen.map((file, index) => toReadFile(file, { read: digests[index], look: looks[index] }))
  const digest = isReadable ? digestOf(context, files) : undefined
  const facts = isReadable ? await readFacts(context, files, { signal, followSymlink }) : undefined
  return {
    ...{ node, at: clock.now().toISOString(), path, files },
    isShared: store.isShared,
    bootId: volumes.bootId,
    // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
    ...(digest !== undefined && { digest }),
    // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
    ...(facts !== undefined && { facts }),
    ...(missing.length > 0 && { missing }),
    bytes: digests.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    // Stryker disable next-line OptionalChaining: only the types need this: one digest is the first.
    durationMs: digests.length === 1 ? (digests[0]?.durationMs ?? 0) : monotonicMs() - startedMs,
  }
}

interface Found {
  readonly read: FileDigest | undefined
  readonly look: LookResult | undefined
}

function toReadFile(
  { fingerprint: _fingerprint, ...file }: ReadFile & SeenFile,
  { read, look }: Found,
): ReadFile {
  return {
    ...{ ...file, sizeBytes: read?.sizeBytes ?? file.sizeBytes },
    // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
    ...(read !== undefined && { read }),
    // Stryker disable next-line ConditionalExpression: an undefined property reads as an absent one.
    ...(look !== undefined && { look }),
  }
}

/** Of the one file, or of the manifest that the files make. */
function digestOf({ verifier }: CatalogContext, files: readonly ReadFile[]): Sha256Digest | undefined {
  // Stryker disable next-line OptionalChaining: only the types need this: a model has a file, which was read.
  if (files[0]?.part === undefined) return files[0]?.read?.digest
  const read = files.flatMap(({ part, read }) =>
    // Stryker disable next-line ConditionalExpression,LogicalOperator,ArrayDeclaration: only the types need this: each file of a set has its part, and was read.
    part && read ? [{ path: part.path, digest: read.digest }] : [],
  )
  return verifier.digestManifest(read)
}
