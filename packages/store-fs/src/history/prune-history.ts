import { join, resolve } from 'node:path'
import { toDiskError } from '@catalog/system-calls'
import type { PrunedHistory, PruneOptions, RemovedFile } from '@catalog/types'
import {
  defineOptionalOptions,
  FEWEST_SEGMENTS,
  type OptionsParser,
  objectSchema,
  optionsSchema,
  parseText,
  pruneShape,
} from '@catalog/types/schema'
import type { FileSystem } from '../disk/file-system.ts'
import { removeIfPresent } from '../disk/new-file.ts'
import { nodeFileSystem } from '../disk/node-file-system.ts'
import { statusIfPresent } from '../disk/read-file.ts'
import { createMissing } from '../disk/store-error.ts'
import { type FileNames, fileNamesIn, findSegments, parseSegmentFileName } from '../format/file-names.ts'
import { findSegment, listOwnFiles } from '../segment/create-catalog.ts'
import { readSnapshot } from '../segment/open-segment.ts'
import { replaySegment } from '../segment/replay-segment.ts'

interface DiskPruneOptions extends PruneOptions {
  /** For tests: a disk that fails. */
  readonly disk?: FileSystem | undefined
}

const parsePruneOptions: OptionsParser<DiskPruneOptions> = defineOptionalOptions<DiskPruneOptions>(
  optionsSchema({ ...pruneShape, disk: objectSchema<FileSystem>().optional() }),
)

/**
 * Removes the oldest journals and snapshots of a catalog: its history, and none of its entries. Nothing else
 * ever removes them. Safe while any number of stores are open: one that fell behind continues in the present
 * segment.
 *
 * @throws {CatalogError} INVALID_INPUT if the root or an option is invalid
 * @throws {CatalogError} CATALOG_MISSING if the root has no catalog
 * @throws {CatalogError} UNSUPPORTED_FORMAT if a newer version wrote the catalog
 * @throws {CatalogError} NOT_A_REGULAR_FILE if something else is in place of one of its files
 * @throws {CatalogError} DAMAGED if what is stored cannot be relied on
 * @throws {CatalogError} READ_ONLY if the file system is read-only
 * @throws {CatalogError} IO if the disk cannot be read or written
 */
export async function pruneHistory(root: string, options?: DiskPruneOptions): Promise<PrunedHistory> {
  const checked = parsePruneOptions(options)
  const { keepSegments = FEWEST_SEGMENTS, before, dryRun = false, disk = nodeFileSystem } = checked
  const names = fileNamesIn(resolve(parseText('root', root)))
  try {
    // The format must be one that this version knows.
    await findSegment(disk, names)
    const segments = findSegments(await listOwnFiles(disk, names))
    // Stryker disable next-line StringLiteral: only the message has it.
    if (segments.length === 0) throw createMissing(names.root, 'history')
    const old = await selectOlder(disk, names, segments.slice(0, -keepSegments), before)
    const removed = await listFilesBelow(disk, names, segments[old.length] ?? 0)
    if (!dryRun) await removeAll(disk, names, removed, segments[old.length] ?? 0)
    return { removed, segments: segments.length - old.length }
  } catch (error) {
    throw toDiskError(error, 'prune', names.directory)
  }
}

/** The first segments all of whose records are older. */
async function selectOlder(
  disk: FileSystem,
  names: FileNames,
  segments: readonly number[],
  before: Date | undefined,
): Promise<readonly number[]> {
  if (before === undefined) return segments
  for (const [index, segment] of segments.entries()) {
    if ((await findLastTime(disk, names, segment)) >= before.getTime()) return segments.slice(0, index)
  }
  return segments
}

async function findLastTime(disk: FileSystem, names: FileNames, segment: number): Promise<number> {
  let last = 0
  const snapshot = await readSnapshot(disk, names, segment)
  await replaySegment(disk, names.journal(segment), snapshot, ({ record }) => {
    last = Math.max(last, Date.parse(record.at))
  })
  return last
}

/**
 * In the order in which they may go: a segment without its snapshot does not count, and no store looks for its journal.
 */
async function listFilesBelow(
  disk: FileSystem,
  names: FileNames,
  first: number,
): Promise<readonly RemovedFile[]> {
  const old = (await listOwnFiles(disk, names)).flatMap((name) => {
    const segment = parseSegmentFileName(name)
    // Stryker disable next-line ConditionalExpression: only the types need this: undefined is not less.
    return segment !== undefined && segment < first ? [{ name, segment }] : []
  })
  // Stryker disable next-line EqualityOperator: no two files have one name.
  old.sort((a, b) => a.segment - b.segment || (a.name > b.name ? -1 : 1))
  const files: RemovedFile[] = []
  for (const { name } of old) {
    const path = join(names.directory, name)
    const sizeBytes = (await statusIfPresent(disk, path))?.size
    if (sizeBytes !== undefined) files.push({ path, sizeBytes })
  }
  return files
}

/**
 * Until nothing is there: another process may have made such a segment once more, after it saw the journal that then
 * went.
 */
async function removeAll(
  disk: FileSystem,
  names: FileNames,
  files: readonly RemovedFile[],
  first: number,
): Promise<void> {
  for (let left = files; left.length > 0; left = await listFilesBelow(disk, names, first)) {
    await removeFiles(disk, names, left)
  }
}

async function removeFiles(disk: FileSystem, names: FileNames, files: readonly RemovedFile[]): Promise<void> {
  for (const { path } of files) {
    await removeIfPresent(disk, path)
    // One by one: a power cut may otherwise bring back a name without those that it needs.
    await disk.syncDirectory(names.directory)
  }
}
