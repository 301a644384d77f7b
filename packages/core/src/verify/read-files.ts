import type { FileDigest, LookResult, SeenFile, Sha256Digest, VerifyFileOptions } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { ReadFile, Reading, TargetFile } from '../entry/reading.ts'
import { takeFirstLooks } from './first-look.ts'
import { findWrongSizes } from './judge.ts'
import { findMissingShards } from './missing-shards.ts'
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
  const { verifier, node, clock, monotonicMs } = context
  const { entry, path, followSymlink } = target
  const startedMs = monotonicMs()
  const seen = await lookAtFiles(context, target)
  signal?.throwIfAborted()
  const missing = await findMissingShards(context, target)
  const isReadable = missing.length === 0 && findWrongSizes(entry, seen).length === 0
  const options = { signal, onProgress, bytesPerSecond, followSymlink }
  const looks = isReadable ? await takeFirstLooks(context, target, signal) : []
  const digests = isReadable ? await verifier.digestFiles(seen, options) : []
  const files = target.files.map((file, index) =>
    toReadFile(file, { seen: seen[index], read: digests[index], look: looks[index] }),
  )
  const digest = isReadable ? digestOf(context, files) : undefined
  return {
    ...{ node, at: clock.now().toISOString(), path, files },
    ...(digest !== undefined && { digest }),
    ...(missing.length > 0 && { missing }),
    bytes: digests.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    durationMs: digests.length === 1 ? (digests[0]?.durationMs ?? 0) : monotonicMs() - startedMs,
  }
}

/** All files, in their order: the first that is missing rejects. */
async function lookAtFiles(
  { verifier }: CatalogContext,
  { files, followSymlink }: VerificationTarget,
): Promise<readonly (ReadFile & SeenFile)[]> {
  const seen: (ReadFile & SeenFile)[] = []
  for (const file of files) {
    const fingerprint = await verifier.statFile(file.path, { followSymlink })
    seen.push({ ...file, fingerprint, sizeBytes: fingerprint.sizeBytes })
  }
  return seen
}

interface Found {
  readonly seen: ReadFile | undefined
  readonly read: FileDigest | undefined
  readonly look: LookResult | undefined
}

function toReadFile(file: TargetFile, { seen, read, look }: Found): ReadFile {
  const sizeBytes = read?.sizeBytes ?? seen?.sizeBytes ?? 0
  return {
    ...{ ...file, sizeBytes },
    ...(read !== undefined && { read }),
    ...(look !== undefined && { look }),
  }
}

/** Of the one file, or of the manifest that the files make. */
function digestOf({ verifier }: CatalogContext, files: readonly ReadFile[]): Sha256Digest | undefined {
  if (files[0]?.part === undefined) return files[0]?.read?.digest
  const read = files.flatMap(({ part, read }) =>
    part && read ? [{ path: part.path, digest: read.digest }] : [],
  )
  return verifier.digestManifest(read)
}
