/** Room `segment`: a journal file: made, opened, appended to, replayed, sealed. */

import { dirname, join } from 'node:path'
import { errnoOf } from '@catalog/system-calls'
import type { FileKind } from '@catalog/types'
import { MAX_SETTINGS_BYTES } from '@catalog/types/adapter'
import type { FileSystem } from '../disk/file-system.ts'
import { removeIfPresent } from '../disk/new-file.ts'
import { openIfPresent, readFileIfPresent } from '../disk/read-file.ts'
import { createDamaged, createMissing, createNotRegular, createUnsupported } from '../disk/store-error.ts'
import { FIRST_PREFIX } from '../format/checksum.ts'
import { type FileNames, findLatestSegment, isTemporaryName } from '../format/file-names.ts'
import { MAX_START } from '../format/json.ts'
import { MAX_ADOPTED_BYTES, MAX_EXTRA_BYTES, readWithin } from '../format/limits.ts'
import { sizeOfSettings } from '../format/settings-codec.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { CatalogState } from '../state/catalog-state.ts'
import { parseAdoptedCatalog } from '../view/adopted-catalog.ts'
import { parseViewHead } from '../view/view-codec.ts'
import { createSegment, publish } from './create-segment.ts'
import { assertFormat, ensureFormat } from './format-version.ts'

/** A temporary file of this age was left by a crash; its writer, if only stopped, makes it again. */
const ABANDONED_AFTER_MS = 3_600_000

/**
 * The number of the present segment, created if missing: empty, or from a `catalog.json` that has no
 * journal yet. What cannot be read in full is DAMAGED and left untouched.
 */
export async function findOrCreateCatalog(
  disk: FileSystem,
  names: FileNames,
  writer: string,
): Promise<number> {
  await assertKind(disk, names.view, 'file')
  const segment = await findSegment(disk, names)
  if (segment !== undefined) {
    await ensureFormat(disk, names, writer)
    return segment
  }
  const adopted = await adoptCatalog(disk, names.view)
  await makeDirectories(disk, names)
  await ensureFormat(disk, names, writer)
  if (adopted !== undefined)
    await publish(disk, names.temporary('adopted', writer), names.adopted, [adopted.bytes])
  await assertNoOrphanedJournal(disk, names)
  await createSegment(disk, names, writer, 1, adopted?.snapshot ?? emptySnapshot())
  return 1
}

/** CATALOG_MISSING if the root has neither a segment nor a `catalog.json` to adopt. Creates nothing. */
export async function assertCatalogPresent(disk: FileSystem, names: FileNames): Promise<void> {
  if ((await findSegment(disk, names)) !== undefined) return
  if ((await readFileIfPresent(disk, names.view, 0)) !== undefined) return
  await assertNoOrphanedJournal(disk, names)
  throw createMissing(names.root)
}

/** The number of the present segment; undefined if there is none. */
export async function findSegment(disk: FileSystem, names: FileNames): Promise<number | undefined> {
  // A link would lead out of the root, and could be turned elsewhere while the catalog is open.
  await assertKind(disk, names.directory, 'directory')
  const segment = findLatestSegment(await listOwnFiles(disk, names))
  await assertFormat(disk, names)
  return segment
}

/** A `catalog.json` without a journal, as the first segment starts from it; undefined if there is none. */
export async function adoptCatalog(
  disk: FileSystem,
  path: string,
): Promise<{ bytes: Buffer; snapshot: Snapshot } | undefined> {
  const file = await openIfPresent(disk, path, 'read')
  if (file === undefined) return undefined
  try {
    const bytes = await readWithin(file, path, MAX_ADOPTED_BYTES)
    const state = parseAdoptedCatalog(path, bytes)
    assertFitsHeader(path, state)
    // A view that outlived its journal: going on with its number, no other state is ever called by it.
    const revision = parseViewHead(bytes)?.revision ?? 0
    assertCanBeCountedOn(path, revision, state)
    state.restoreTotals(undefined, revision)
    return { bytes, snapshot: { state, start: [revision, FIRST_PREFIX] } }
  } finally {
    await file.close()
  }
}

/** What the first segment starts from if there is nothing to adopt. */
export function emptySnapshot(): Snapshot {
  return { state: new CatalogState(), start: [0, FIRST_PREFIX] }
}

/** Clears away what writers that were killed left half-written, and returns the paths. */
export async function removeAbandonedFiles(disk: FileSystem, names: FileNames): Promise<readonly string[]> {
  const removed: string[] = []
  const temporary = (await listOwnFiles(disk, names)).filter(isTemporaryName)
  for (const name of temporary) {
    const path = join(names.directory, name)
    if (!(await isAbandoned(disk, path))) continue
    await removeIfPresent(disk, path)
    removed.push(path)
  }
  return removed
}

/** The names in `.catalog`; none if there is no such directory. */
export async function listOwnFiles(disk: FileSystem, names: FileNames): Promise<readonly string[]> {
  try {
    return await disk.list(names.directory)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

/** NOT_A_REGULAR_FILE where something else stands at the path. */
async function assertKind(disk: FileSystem, path: string, expected: FileKind): Promise<void> {
  const kind = (await disk.kindOf?.(path)) ?? expected
  if (kind !== expected) throw createNotRegular(path, kind)
}

/** The names of every directory on the way must survive a power cut before anything in them is acknowledged. */
export async function makeDirectories(disk: FileSystem, names: FileNames): Promise<void> {
  await disk.makeDirectory(names.directory)
  // Also of those that another process has made: it may have been killed before this step.
  for (let path = names.directory; path !== dirname(path); path = dirname(path)) {
    await syncIfAllowed(disk, dirname(path))
  }
}

/** Where we may not even read a directory above the root, we have made nothing in it. */
async function syncIfAllowed(disk: FileSystem, path: string): Promise<void> {
  try {
    await disk.syncDirectory(path)
  } catch (error) {
    // Stryker disable next-line StringLiteral: no code is none of these.
    if (!['EACCES', 'EPERM', 'EINVAL', 'EROFS'].includes(errnoOf(error) ?? '')) throw error
  }
}

/** Records without the snapshot that they build on: a new start beside them would hide them. */
export async function assertNoOrphanedJournal(disk: FileSystem, names: FileNames): Promise<void> {
  const journal = await readFileIfPresent(disk, names.journal(1), 1)
  if (journal === undefined || journal.length === 0) return
  // Another process may have made the catalog, and written to it, since the look.
  if (findLatestSegment(await listOwnFiles(disk, names)) !== undefined) return
  throw createDamaged(names.journal(1), `it has records, and ${names.snapshot(1)} is missing`)
}

/** The next revision, and the next record, need a number as well. Settings that say more begin again at 1. */
function assertCanBeCountedOn(path: string, revision: number, state: CatalogState): void {
  let highest = revision
  for (const row of state.rows()) highest = Math.max(highest, row.revision)
  if (highest <= MAX_START) return
  throw createUnsupported(path, `the revision ${highest}`, `none above ${MAX_START}`)
}

/** The fields beside `models` stand in the first line of every snapshot. */
function assertFitsHeader(path: string, { extra, settings }: CatalogState): void {
  const bytes = Buffer.byteLength(JSON.stringify(extra))
  if (bytes > MAX_EXTRA_BYTES)
    throw createUnsupported(path, `${bytes} bytes of fields beside "models"`, `at most ${MAX_EXTRA_BYTES}`)
  const ofSettings = settings === undefined ? 0 : sizeOfSettings(settings.content)
  if (ofSettings > MAX_SETTINGS_BYTES)
    throw createUnsupported(path, `${ofSettings} bytes of "settings"`, `at most ${MAX_SETTINGS_BYTES}`)
}

async function isAbandoned(disk: FileSystem, path: string): Promise<boolean> {
  try {
    return (await disk.ageMs(path)) > ABANDONED_AFTER_MS
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}
