/** Room `bundle`: a directory with models and their files, that is carried to another catalog. */

import { constants, copyFile, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMissing, withDiskErrors } from '@catalog/system-calls'
import { CatalogError } from '@catalog/types'
import { temporaryName } from '../disk/replace-file.ts'
import type { BundleDirectory } from './bundle-directory.ts'
import type { BundledFile } from './bundle-record.ts'

/**
 * NO_SPACE if these files do not fit on the disk of the bundle; then nothing of a new bundle is left. Files that can be
 * reflinks need no space.
 */
export async function assertSpace(
  bundle: BundleDirectory,
  files: readonly BundledFile[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const freeBytes = await findFreeBytes(bundle.path)
  if (sumOf(files) <= freeBytes) return
  await bundle.begin(signal)
  const copied = await findCopied(bundle, files)
  const neededBytes = sumOf(copied)
  if (neededBytes <= freeBytes) return
  await bundle.withdraw()
  const message = `${bundle.path} needs ${neededBytes} bytes, and its disk has ${freeBytes} bytes free`
  throw new CatalogError('NO_SPACE', message, { path: bundle.path, outcome: 'none' })
}

/** Of the nearest directory that exists. */
async function findFreeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    if (isMissing(error) && dirname(path) !== path) return await findFreeBytes(dirname(path))
    return await withDiskErrors('look at', path, () => Promise.reject(error))
  }
}

/** The files that cannot be reflinks, as far as one of each disk tells. */
async function findCopied(
  bundle: BundleDirectory,
  files: readonly BundledFile[],
): Promise<readonly BundledFile[]> {
  const isShared = new Map<number, boolean>()
  const copied: BundledFile[] = []
  for (const file of files) {
    const stats = await stat(file.source).catch(() => undefined)
    // That it cannot be read is told of its model.
    if (stats === undefined) continue
    const known = isShared.get(stats.dev) ?? (await canReflink(file.source, bundle))
    isShared.set(stats.dev, known)
    if (!known) copied.push(file)
  }
  return copied
}

async function canReflink(source: string, bundle: BundleDirectory): Promise<boolean> {
  const probe = temporaryName(bundle.pathOf('reflink'))
  try {
    await copyFile(source, probe, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    return true
  } catch {
    return false
  } finally {
    await rm(probe, { force: true })
  }
}

function sumOf(files: readonly BundledFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}
