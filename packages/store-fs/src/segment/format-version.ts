import { CatalogError } from '@catalog/types'
import type { FileSystem } from '../disk/file-system.ts'
import { withTemporaryFile } from '../disk/new-file.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createUnsupported } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'

/** The version of the on-disk format that this version writes. */
const FORMAT = '2'
/** Those that it reads: what is new in version 2 is absent in version 1. */
const READABLE: readonly (string | undefined)[] = ['1', FORMAT]

/** Stands there while a catalog is copied here: no store opens it. */
const UNFINISHED = 'copy'

/** UNSUPPORTED_FORMAT where the catalog is of a version that this one does not read. */
export async function assertFormat(disk: FileSystem, names: FileNames): Promise<void> {
  const found = await readFormat(disk, names)
  if (found === undefined || READABLE.includes(found)) return
  if (found === UNFINISHED) {
    const [path, supported] = [names.root, `format ${FORMAT}`]
    const message = `the catalog in ${path} is a copy that is not finished: repeat the migration that makes it`
    throw new CatalogError('UNSUPPORTED_FORMAT', message, { path, found: 'an unfinished copy', supported })
  }
  throw createUnsupported(names.format, `format ${JSON.stringify(found)}`, `format ${FORMAT} or older`)
}

/**
 * Says which version the catalog is of, before anything is written that an older version would not read: so that it
 * refuses instead. Anyone may do it at the same time; a crash leaves the old version or the new one.
 */
export async function ensureFormat(disk: FileSystem, names: FileNames, writer: string): Promise<void> {
  if ((await readFormat(disk, names)) !== FORMAT) await writeFormat(disk, names, writer, FORMAT)
}

async function writeFormat(
  disk: FileSystem,
  names: FileNames,
  writer: string,
  format: string,
): Promise<void> {
  const temporary = names.temporary('format', writer)
  await withTemporaryFile(disk, temporary, [Buffer.from(`${format}\n`)], async () => {
    await disk.rename(temporary, names.format)
  })
  await disk.syncDirectory(names.directory)
}

async function readFormat(disk: FileSystem, names: FileNames): Promise<string | undefined> {
  // Stryker disable next-line StringLiteral: what is not ASCII is no version.
  return (await readFileIfPresent(disk, names.format, 64))?.toString('latin1').trim()
}

/** Whether a copy was begun here that is not finished. */
export async function isUnfinished(disk: FileSystem, names: FileNames): Promise<boolean> {
  return (await readFormat(disk, names)) === UNFINISHED
}

/** From now on no store opens the catalog. Those that are open do not notice. */
export async function markUnfinished(disk: FileSystem, names: FileNames, writer: string): Promise<void> {
  await writeFormat(disk, names, writer, UNFINISHED)
}

/**
 * Says of a copy what the catalog at `names` says, before that is marked: so that it gets it back by one rename.
 *
 * @returns false if it is marked already
 */
export async function keepFormat(
  disk: FileSystem,
  names: FileNames,
  copyNames: FileNames,
  writer: string,
): Promise<boolean> {
  const format = (await readFormat(disk, names)) ?? FORMAT
  if (format === UNFINISHED) return false
  await writeFormat(disk, copyNames, writer, format)
  return true
}
