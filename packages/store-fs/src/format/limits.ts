import { assertCallBytes } from '@catalog/types/adapter'
import type { OpenFile } from '../disk/file-system.ts'
import { readFrom } from '../disk/read-file.ts'
import { createUnsupported } from '../disk/store-error.ts'
import type { EncodedCommit } from './record.ts'

/** The largest `catalog.json` that is adopted: a JSON text is in memory as a whole, several times over. */
export const MAX_ADOPTED_BYTES: number = 256 << 20
/**
 * The longest line of a journal. No writer makes a longer one: the commits of one call have at most
 * 14 MiB, and what shares their record and what is around it fit in the rest.
 */
export const MAX_LINE_BYTES: number = 16 << 20
/** The most that the fields beside `models` of an adopted `catalog.json` take, as JSON. */
export const MAX_EXTRA_BYTES: number = (1 << 20) - 4096
/** The longest first line of a snapshot, with room for its other fields. */
export const MAX_HEADER_BYTES: number = 4 << 20

/** All bytes of a file that is no larger than `limit`, else UNSUPPORTED_FORMAT before anything is read. */
export async function readWithin(file: OpenFile, path: string, limit: number): Promise<Buffer> {
  const { size } = await file.status()
  if (size > limit) throw createUnsupported(path, `${size} bytes`, `at most ${limit} bytes`)
  return await readFrom(file, 0, size)
}

/** INVALID_INPUT for more commits in one call than fit into one record. */
export function assertFitsRecord(commits: readonly EncodedCommit[]): void {
  const bytes = commits.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  assertCallBytes(bytes)
}
