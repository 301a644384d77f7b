import { dirname } from 'node:path'
import { parseAdoptedCatalog } from './adopted-catalog.ts'
import { CatalogState } from './catalog-state.ts'
import { FIRST_PREFIX } from './checksum.ts'
import { createSegment, publish } from './create-segment.ts'
import { type FileNames, findLatestSegment, isTemporaryName } from './file-names.ts'
import type { FileSystem } from './file-system.ts'
import { removeIfPresent } from './new-file.ts'
import { readFileIfPresent } from './read-file.ts'
import { createDamaged, createUnsupported, errnoOf } from './store-error.ts'
import { parseViewHead } from './view-codec.ts'

/** The version of the on-disk format. */
const FORMAT = '1'
/** A temporary file of this age was left by a crash; its writer, if only stopped, makes it again. */
const ABANDONED_AFTER_MS = 3_600_000

/**
 * The number of the present segment, made where there is none: empty, or from a `catalog.json` that has no
 * journal yet. What cannot be read in full is DAMAGED and left untouched.
 */
export async function findOrCreateCatalog(
  disk: FileSystem,
  names: FileNames,
  writer: string,
): Promise<number> {
  const segment = findLatestSegment(await listOwnFiles(disk, names))
  await assertFormat(disk, names)
  if (segment !== undefined) return segment
  const adopted = await readFileIfPresent(disk, names.view)
  const state = adopted === undefined ? new CatalogState() : parseAdoptedCatalog(names.view, adopted)
  // A view that outlived its journal: going on with its number, no other state is ever called by it.
  const revision = (adopted && parseViewHead(adopted)?.revision) ?? 0
  await makeDirectories(disk, names)
  await publish(disk, names.temporary('format', writer), names.format, [Buffer.from(`${FORMAT}\n`)])
  if (adopted !== undefined) await publish(disk, names.temporary('adopted', writer), names.adopted, [adopted])
  await assertNoOrphanedJournal(disk, names)
  await createSegment(disk, names, writer, 1, { state, start: [revision, FIRST_PREFIX] })
  return 1
}

/** Clears away what writers that were killed left half-written. */
export async function removeAbandonedFiles(disk: FileSystem, names: FileNames): Promise<void> {
  const temporary = (await listOwnFiles(disk, names)).filter(isTemporaryName)
  for (const name of temporary) {
    const path = `${names.directory}/${name}`
    if (await isAbandoned(disk, path)) await removeIfPresent(disk, path)
  }
}

/** The names in `.catalog`; none where there is no such directory. */
export async function listOwnFiles(disk: FileSystem, names: FileNames): Promise<readonly string[]> {
  try {
    return await disk.list(names.directory)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

async function assertFormat(disk: FileSystem, names: FileNames): Promise<void> {
  const found = (await readFileIfPresent(disk, names.format, 64))?.toString('latin1').trim()
  if (found === undefined || found === FORMAT) return
  throw createUnsupported(names.format, `format ${JSON.stringify(found)}`, `format ${FORMAT}`)
}

/** The names of every directory made here must survive a power cut before anything in them is acknowledged. */
async function makeDirectories(disk: FileSystem, names: FileNames): Promise<void> {
  const first = await disk.makeDirectory(names.directory)
  if (first === undefined) return
  for (let path = names.directory; path.length >= first.length; path = dirname(path)) {
    await disk.syncDirectory(dirname(path))
  }
}

/** Records without the snapshot that they build on: a new start beside them would hide them. */
async function assertNoOrphanedJournal(disk: FileSystem, names: FileNames): Promise<void> {
  const journal = await readFileIfPresent(disk, names.journal(1), 1)
  if (journal === undefined || journal.length === 0) return
  // Somebody else may have made the catalog, and written to it, since we looked.
  if (findLatestSegment(await listOwnFiles(disk, names)) !== undefined) return
  throw createDamaged(names.journal(1), `it has records, and ${names.snapshot(1)} is missing`)
}

async function isAbandoned(disk: FileSystem, path: string): Promise<boolean> {
  try {
    return (await disk.ageMs(path)) > ABANDONED_AFTER_MS
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}
