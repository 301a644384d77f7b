import { lstat, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMissing, syncDirectory, toDiskError, withDiskErrors } from '@catalog/system-calls'
import { copyVerified, type DigestProgress, digestFile, isCatalogError } from 'model-catalog'
import { temporaryName } from '../disk/replace-file.ts'
import type { BundleDirectory } from './bundle-directory.ts'
import type { BundledFile } from './bundle-record.ts'

/** How a file is put into a bundle. */
export interface PutOptions {
  readonly signal: AbortSignal | undefined
  readonly onProgress: (progress: DigestProgress) => void
  /** Called once before a copy is made. */
  readonly beforeCopy: () => Promise<void>
}

/** Whether the bundle seems to have the file, without reading it: a regular file of the right size. */
export async function seemsPresent(bundle: BundleDirectory, file: BundledFile): Promise<boolean> {
  const path = bundle.pathOf(file.stored)
  try {
    const stats = await lstat(path)
    return stats.isFile() && stats.size === file.sizeBytes
  } catch (error) {
    if (isMissing(error)) return false
    throw toDiskError(error, 'look at', path)
  }
}

/**
 * Makes sure that the bundle has the right bytes of a file: what is there is read, and copied only if it is not right.
 * The copy gets its name once its bytes are right and on the disk.
 */
export async function putFile(
  bundle: BundleDirectory,
  file: BundledFile,
  options: PutOptions,
): Promise<'kept' | 'copied'> {
  const { signal, onProgress } = options
  const path = bundle.pathOf(file.stored)
  if ((await seemsPresent(bundle, file)) && (await hasDigest(path, file, options))) return 'kept'
  await options.beforeCopy()
  await bundle.makeParent(file.stored)
  const temporary = temporaryName(path)
  const { digest: expected, sizeBytes: expectedSizeBytes } = file
  const how = { expected, expectedSizeBytes, followSymlink: true, signal, onProgress }
  await copyVerified(file.source, temporary, how)
  try {
    await withDiskErrors('write', path, async () => {
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    })
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return 'copied'
}

/** A file that cannot be read is copied once more. */
async function hasDigest(path: string, file: BundledFile, options: PutOptions): Promise<boolean> {
  const { signal, onProgress } = options
  try {
    return (await digestFile(path, { signal, onProgress })).digest === file.digest
  } catch (error) {
    if (signal?.aborted === true || !isCatalogError(error)) throw error
    return false
  }
}
