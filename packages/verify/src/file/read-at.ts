import type { FileHandle } from 'node:fs/promises'
import { withFileErrors } from './file-error.ts'

/** The bytes from an offset on: fewer than asked for only where the file ends. IO. */
export async function readAt(
  handle: FileHandle,
  { path, offset, length }: { path: string; offset: number; length: number },
): Promise<Uint8Array> {
  const buffer = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const position = offset + done
    const read = () => handle.read(buffer, done, length - done, position)
    const { bytesRead } = await withFileErrors('read', path, read)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}
