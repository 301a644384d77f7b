import type { FileSystem } from '../disk/file-system.ts'
import { withTemporaryFile } from '../disk/new-file.ts'
import { readFileIfPresent } from '../disk/read-file.ts'
import { createUnsupported } from '../disk/store-error.ts'
import type { FileNames } from '../format/file-names.ts'

/** The version of the on-disk format that this version writes. */
const FORMAT = '2'
/** Those that it reads: what is new in version 2 is absent in version 1. */
const READABLE: readonly (string | undefined)[] = ['1', FORMAT]

/** UNSUPPORTED_FORMAT where the catalog is of a version that this one does not read. */
export async function assertFormat(disk: FileSystem, names: FileNames): Promise<void> {
  const found = await readFormat(disk, names)
  if (found === undefined || READABLE.includes(found)) return
  throw createUnsupported(names.format, `format ${JSON.stringify(found)}`, `format ${FORMAT} or older`)
}

/**
 * Says which version the catalog is of, before anything is written that an older version would not read: so that it
 * refuses instead. Anyone may do it at the same time; a crash leaves the old version or the new one.
 */
export async function ensureFormat(disk: FileSystem, names: FileNames, writer: string): Promise<void> {
  if ((await readFormat(disk, names)) === FORMAT) return
  const temporary = names.temporary('format', writer)
  await withTemporaryFile(disk, temporary, [Buffer.from(`${FORMAT}\n`)], async () => {
    await disk.rename(temporary, names.format)
  })
  await disk.syncDirectory(names.directory)
}

async function readFormat(disk: FileSystem, names: FileNames): Promise<string | undefined> {
  // Stryker disable next-line StringLiteral: what is not ASCII is no version.
  return (await readFileIfPresent(disk, names.format, 64))?.toString('latin1').trim()
}
