import type { FileHandle } from 'node:fs/promises'
import { readAt, withFileErrors } from '@catalog/system-calls'

/** The bytes of an open file from an offset on: fewer than asked for only where it ends. IO. */
export async function readFileAt(
  handle: FileHandle,
  { path, offset, length }: { path: string; offset: number; length: number },
): Promise<Uint8Array> {
  const read = async (buffer: Uint8Array, position: number): Promise<number> =>
    (await handle.read(buffer, 0, buffer.length, position)).bytesRead
  return await withFileErrors('read', path, () => readAt(read, offset, length))
}
