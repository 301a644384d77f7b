import type { FoundEntry } from '../disk/entries.ts'
import type { StoreReader } from '../disk/store-reader.ts'

/** A pointer is at most this long. Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const MAX_POINTER_BYTES = 1024
const FIRST_LINE = 'version https://git-lfs.github.com/spec/v1\n'

/** What a git-lfs pointer says of the file that it stands for. */
export interface LfsPointer {
  readonly digest: string
  readonly sizeBytes: number
}

/** The pointer that a small file is; undefined for any other file. */
export async function readPointer(reader: StoreReader, file: FoundEntry): Promise<LfsPointer | undefined> {
  if (file.sizeBytes > MAX_POINTER_BYTES || file.sizeBytes < FIRST_LINE.length) return undefined
  const text = new TextDecoder().decode(await reader.readHead(file.path, MAX_POINTER_BYTES))
  if (!text.startsWith(FIRST_LINE)) return undefined
  const [, digest] = /^oid sha256:([0-9a-f]{64})$/mu.exec(text) ?? []
  const [, size] = /^size (\d{1,15})$/mu.exec(text) ?? []
  return digest === undefined || size === undefined ? undefined : { digest, sizeBytes: Number(size) }
}
