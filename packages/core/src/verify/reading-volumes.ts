import { CatalogError, type FileDigest, type SeenFile, type Volume } from '@catalog/types'
import type { CatalogContext } from '../context/catalog-ports.ts'
import type { ReadFile } from '../entry/reading.ts'

/** The volume of each file, found once for all files of one device. */
export async function findVolumes(
  { volumes }: CatalogContext,
  files: readonly SeenFile[],
  anchors: readonly string[],
): Promise<readonly Volume[]> {
  const byDev = new Map<string, Volume>()
  const found: Volume[] = []
  for (const { path, fingerprint } of files) {
    const volume = byDev.get(fingerprint.dev) ?? (await volumes.prepare(path, anchors))
    // Another disk was mounted there since the file was looked at.
    if (volume.dev !== fingerprint.dev) throw createChanged(path)
    byDev.set(fingerprint.dev, volume)
    found.push(volume)
  }
  return found
}

/** FILE_CHANGED unless the files that were read are on the volumes on which they were looked at, which still are there. */
export function assertVolumes(
  { volumes }: CatalogContext,
  seen: readonly (ReadFile & SeenFile)[],
  digests: readonly FileDigest[],
): void {
  for (const [index, { fingerprint }] of digests.entries()) {
    const file = seen[index]
    // Stryker disable next-line ConditionalExpression: only the types need this: each digest is of a file that was seen.
    if (file === undefined) continue
    const { id, anchor } = file.volume
    const now = volumes.find(fingerprint.dev, anchor === undefined ? [] : [anchor])
    if (now?.id !== id) throw createChanged(file.path)
  }
}

function createChanged(path: string): CatalogError<'FILE_CHANGED'> {
  const message = `${path} is on another volume than when it was examined`
  return new CatalogError('FILE_CHANGED', message, { path, changed: ['dev'] })
}
