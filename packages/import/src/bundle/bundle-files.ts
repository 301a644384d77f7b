import type { Stats } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { kindOf, toFileError } from '@catalog/system-calls'
import { type BundleFile, type BundleModel, CatalogError } from '@catalog/types'
import { type DigestProgress, verifyDigest } from 'model-catalog'
import type { Bundle } from './read-bundle.ts'

/** Where a file of a bundle is. */
export function pathInBundle({ directory }: Bundle, { stored }: BundleFile): string {
  return join(directory, ...stored.split('/'))
}

/**
 * Looks at the files of a model, without reading them. FILE_MISSING, SIZE_MISMATCH, or NOT_A_REGULAR_FILE for what a
 * bundle never has: a symbolic link, also among the directories, would lead out of it.
 */
export async function assertSeemsWhole(bundle: Bundle, { files }: BundleModel): Promise<void> {
  for (const file of files) {
    const path = pathInBundle(bundle, file)
    const stats = await lookAt(path)
    const kind = kindOf(stats)
    if (kind !== 'file') throw new CatalogError('NOT_A_REGULAR_FILE', `${path} is a ${kind}`, { path, kind })
    await assertNoLinkAbove(path)
    const [expectedBytes, foundBytes] = [file.sizeBytes, stats.size]
    if (foundBytes === expectedBytes) continue
    const message = `${path} has ${foundBytes} bytes, and the bundle names ${expectedBytes}`
    throw new CatalogError('SIZE_MISMATCH', message, { path, expectedBytes, foundBytes })
  }
}

async function lookAt(path: string): Promise<Stats> {
  try {
    return await lstat(path)
  } catch (error) {
    throw toFileError(error, 'look at', path)
  }
}

/** The directory of the bundle is a real path. */
async function assertNoLinkAbove(path: string): Promise<void> {
  try {
    if ((await realpath(path)) === path) return
  } catch (error) {
    throw toFileError(error, 'look at', path)
  }
  const kind = 'symbolic link'
  throw new CatalogError('NOT_A_REGULAR_FILE', `a directory of ${path} is a ${kind}`, { path, kind })
}

/** Reads all files of a model, and compares. DIGEST_MISMATCH and the errors of reading. */
export async function verifyFiles(
  bundle: Bundle,
  { files }: BundleModel,
  options: {
    readonly signal: AbortSignal | undefined
    readonly onProgress: (progress: DigestProgress) => void
  },
): Promise<void> {
  const { signal, onProgress } = options
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let readBytes = 0
  for (const file of files) {
    const { digest, sizeBytes: expectedSizeBytes } = file
    await verifyDigest(pathInBundle(bundle, file), digest, {
      expectedSizeBytes,
      signal,
      onProgress: ({ doneBytes }) => onProgress({ doneBytes: readBytes + doneBytes, totalBytes }),
    })
    readBytes += expectedSizeBytes
  }
}
