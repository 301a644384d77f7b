/** One moment of a terminal. */
export interface Frame {
  readonly atMs: number
  readonly lines: readonly string[]
}

const ESCAPE = '\u001b'
const COLOR = new RegExp(`${ESCAPE}\\[\\d*m`, 'gu')
const ERASE_LINE = `${ESCAPE}[2K`
const UP = `${ESCAPE}[1A`
const PARTS = new RegExp(`(\\r\\n|\\n|\\r|${ESCAPE}\\[2K|${ESCAPE}\\[1A)`, 'u')

/**
 * The screens that outputs make, one for each output that changes something. Knows what the program writes: lines,
 * carriage returns, erased lines, lines that are drawn anew; colours are dropped.
 */
export function toFrames(
  outputs: readonly { readonly delayMs: number; readonly text: string }[],
  columns: number,
): readonly Frame[] {
  const frames: Frame[] = []
  let atMs = 0
  let lines = ['']
  for (const { delayMs, text } of outputs) {
    atMs += delayMs
    lines = write(lines, text.replaceAll(COLOR, ''))
    frames.push({ atMs, lines: lines.flatMap((line) => wrap(line, columns)) })
  }
  return frames
}

function write(lines: readonly string[], text: string): string[] {
  const screen = [...lines]
  for (const part of text.split(PARTS)) {
    if (part === '\r\n' || part === '\n') screen.push('')
    // What is below was erased on the way up.
    else if (part === UP) screen.pop()
    else if (part === ERASE_LINE) screen[screen.length - 1] = ''
    else if (part !== '\r') screen[screen.length - 1] += part
  }
  return screen
}

/** As a terminal does it, in the middle of words. */
function wrap(line: string, columns: number): readonly string[] {
  const rows: string[] = []
  for (let at = 0; at < line.length; at += columns) rows.push(line.slice(at, at + columns))
  return rows.length === 0 ? [''] : rows
}
