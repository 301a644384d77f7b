/** Room `format`: what a model file says of itself. */

import type { ReadBytes } from './byte-cursor.ts'

/** The end record of a zip archive, and the longest comment that may follow it. Source: PKWARE APPNOTE 4.3.16. */
const MAX_END_BYTES = 22 + 65_535
const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1')

/** Whether a zip archive, as PyTorch saves, has its end: of one that was cut the directory of its files is lost. */
export async function hasArchiveEnd(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  const length = Math.min(sizeBytes, MAX_END_BYTES)
  return Buffer.from(await read(sizeBytes - length, length)).includes(END_SIGNATURE)
}
