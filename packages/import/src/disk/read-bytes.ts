import { isUtf8 } from 'node:buffer'
import { constants, open } from 'node:fs/promises'
import { UnusableError } from '../candidate/scan-problem.ts'
import { attempt } from './system-errors.ts'

const UTF8 = new TextDecoder()

/** The first bytes of a file, at most as many as it has. */
export async function readBytes(path: string, sizeBytes: number): Promise<Uint8Array> {
  // What was a regular file a moment ago may be a FIFO by now, which would wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const handle = await attempt(path, () => open(path, flags))
  try {
    const bytes = new Uint8Array(sizeBytes)
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await attempt(path, () =>
        handle.read(bytes, length, bytes.length - length, length),
      )
      if (bytesRead === 0) break
      length += bytesRead
    }
    return bytes.subarray(0, length)
  } finally {
    await handle.close()
  }
}

/** UnusableError `broken-manifest` if the bytes are not UTF-8. */
export function decode(path: string, bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new UnusableError('broken-manifest', path, 'is not UTF-8')
  return UTF8.decode(bytes)
}
