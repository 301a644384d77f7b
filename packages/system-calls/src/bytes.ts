type Awaitable<T> = T | Promise<T>

/** The bytes from a position on: fewer than asked for only where the file ends. */
export async function readAt(
  read: (buffer: Buffer, position: number) => Awaitable<number>,
  position: number,
  length: number,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = await read(buffer.subarray(filled), position + filled)
    if (count === 0) break
    filled += count
  }
  return buffer.subarray(0, filled)
}

/** Writes all bytes at a position, however few each call takes. */
export async function writeAt(
  write: (bytes: Uint8Array, position: number) => Awaitable<number>,
  position: number,
  bytes: Uint8Array,
): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += await write(bytes.subarray(written), position + written)
  }
}
