import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const PIECE_BYTES = 1 << 20

/** Makes files of random bytes, in the cache afterwards and on the disk already. */
export function makeFiles(directory: string, count: number, sizeBytes: number): readonly string[] {
  mkdirSync(directory)
  const piece = randomBytes(PIECE_BYTES)
  return Array.from({ length: count }, (_, index) => {
    const path = join(directory, `model-${index}.bin`)
    const fd = openSync(path, 'wx')
    for (let left = sizeBytes; left > 0; left -= piece.length) {
      writeSync(fd, piece, 0, Math.min(left, piece.length))
    }
    fsyncSync(fd)
    closeSync(fd)
    return path
  })
}
