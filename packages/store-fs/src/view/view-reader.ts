import { createHash } from 'node:crypto'
import { CatalogError, isCatalogError, type TextPlace } from '@catalog/types'
import type { FileSystem, OpenFile } from '../disk/file-system.ts'
import { openIfPresent, readFileIfPresent, readFrom } from '../disk/read-file.ts'
import { SPACE } from '../format/characters.ts'
import type { FileNames } from '../format/file-names.ts'
import { MAX_ADOPTED_BYTES } from '../format/limits.ts'
import type { CatalogState } from '../state/catalog-state.ts'
import { parseCatalog } from './adopted-catalog.ts'
import { parseDocument } from './catalog-document.ts'
import { parseViewHead } from './view-codec.ts'
import { recallView, rememberRead } from './view-fingerprint.ts'

/** How much of a view is read at once. */
const PIECE_BYTES = 4 << 20

/** What stands in `catalog.json`: what a store wrote, or an edit of that. */
export type FoundView =
  | { readonly kind: 'intact'; readonly revision: number }
  | {
      readonly kind: 'edited'
      /** The state that it was before the edit; undefined where that is gone from it. */
      readonly revision: number | undefined
      readonly state: CatalogState
    }

/**
 * Looks at the view, which is read unless it is known to be as it was written; undefined if there is none, or it is
 * empty. EDITED_OUTSIDE if it is not a catalog: every view of ours is replaced by a rename, so that half
 * of one is not ours either.
 */
export async function readView(disk: FileSystem, names: FileNames): Promise<FoundView | undefined> {
  const known = await recallView(disk, names)
  if (known !== undefined) return { kind: 'intact', revision: known }
  const before = await disk.fingerprintOf?.(names.view)
  const file = await openIfPresent(disk, names.view, 'read')
  if (file === undefined) return undefined
  try {
    const revision = await readIntactRevision(file)
    if (revision === undefined) return await readEdited(disk, names, file)
    // It only saves time later on, so that a failure is ignored.
    await rememberRead(disk, names, revision, before).catch(() => undefined)
    return { kind: 'intact', revision }
  } finally {
    await file.close()
  }
}

/** The revision of a view that stands as it was written, all of it read; undefined for any other. */
export async function readIntactView(disk: FileSystem, names: FileNames): Promise<number | undefined> {
  const file = await openIfPresent(disk, names.view, 'read')
  if (file === undefined) return undefined
  try {
    return await readIntactRevision(file)
  } finally {
    await file.close()
  }
}

/** EDITED_OUTSIDE, with the ways out. */
export function createEditedOutside(
  path: string,
  problem: string,
  { places, cause }: { places?: readonly TextPlace[] | undefined; cause?: unknown } = {},
): CatalogError<'EDITED_OUTSIDE'> {
  const again =
    'move it away, and the catalog writes it as it is; or make the edit again on what it then writes'
  const ways = places === undefined ? again : `correct it; or ${again}`
  const message = `${path} was edited by hand, and ${problem}. Either ${ways}`
  const details = { path, problem, ...(places !== undefined && { places }) }
  return new CatalogError('EDITED_OUTSIDE', message, details, { cause })
}

/** Undefined where the view is not as it was written. One piece of it is in memory at a time. */
async function readIntactRevision(file: OpenFile): Promise<number | undefined> {
  const { size } = await file.status()
  const first = await readFrom(file, 0, Math.min(PIECE_BYTES, size))
  const head = parseViewHead(first)
  if (head === undefined) return undefined
  const sha256 = createHash('sha256').update(first.subarray(head.length))
  for (let position = first.length; position < size; position += PIECE_BYTES) {
    await new Promise(setImmediate)
    sha256.update(await readFrom(file, position, Math.min(PIECE_BYTES, size - position)))
  }
  return sha256.digest('hex').startsWith(head.checksum) ? head.revision : undefined
}

async function readEdited(
  disk: FileSystem,
  names: FileNames,
  file: OpenFile,
): Promise<FoundView | undefined> {
  const { size } = await file.status()
  if (size > MAX_ADOPTED_BYTES) {
    const problem = `it has ${size} bytes, and of an edited one at most ${MAX_ADOPTED_BYTES} are read`
    throw createEditedOutside(names.view, problem)
  }
  const bytes = await readFrom(file, 0, size)
  if (isBlank(bytes)) return undefined
  // The process that adopted it was killed before its first view.
  if ((await readFileIfPresent(disk, names.adopted))?.equals(bytes) === true) return undefined
  return parseEdited(names.view, bytes)
}

/** White space or NUL only: what is left of a file that was created and never written, or lost to a power cut. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte <= SPACE)
}

function parseEdited(path: string, bytes: Buffer): FoundView {
  try {
    const document = parseDocument(path, bytes)
    const { revision } = document.fields
    return {
      kind: 'edited',
      revision: Number.isSafeInteger(revision) ? Number(revision) : undefined,
      state: parseCatalog(document),
    }
  } catch (error) {
    if (!isCatalogError(error, 'DAMAGED')) throw error
    const { problem, places } = error.details
    throw createEditedOutside(path, problem, { places, cause: error })
  }
}
