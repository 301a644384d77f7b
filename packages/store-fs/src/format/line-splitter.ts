import { LINE_FEED } from './characters.ts'

/** One complete line and where it began in the file. */
export interface Line {
  /** Without the line feed. Valid until the next piece is taken in. */
  readonly bytes: Buffer
  readonly offset: number
}

/**
 * The complete lines of a piece of a file that begins at `offset`. What follows the last line feed is left
 * for the next piece: the caller goes on reading at the offset that `consumed` tells.
 */
export function splitLines(piece: Buffer, offset: number): { lines: Line[]; consumed: number } {
  const lines: Line[] = []
  let start = 0
  for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
    if (end > start) lines.push({ bytes: piece.subarray(start, end), offset: offset + start })
    start = end + 1
  }
  return { lines, consumed: start }
}
