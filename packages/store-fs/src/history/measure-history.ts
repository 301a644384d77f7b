import { join } from 'node:path'
import type { HistorySize } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { statusIfPresent } from '../disk/read-file.ts'
import { type FileNames, findSegments, parseSegmentFileName } from '../format/file-names.ts'
import { listOwnFiles } from '../segment/create-catalog.ts'

/** How much room the journals and snapshots take. Reads none of them. */
export async function measureHistory(disk: FileSystem, names: FileNames): Promise<HistorySize> {
  const files = await listOwnFiles(disk, names)
  let bytes = 0
  for (const name of files) {
    if (parseSegmentFileName(name) === undefined) continue
    // One that was pruned meanwhile takes none.
    bytes += (await statusIfPresent(disk, join(names.directory, name)))?.size ?? 0
  }
  return { segments: findSegments(files).length, bytes }
}
