import { displayWidth, shortenMiddle } from './display-width.ts'

const INDENT = '  '

/**
 * The text in lines of at most `width` columns, broken between words; all but the first are indented. Only a word
 * that is longer than a line is cut, in its middle.
 */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line.trim() === '' || displayWidth(longer) <= width) line = longer
    else {
      lines.push(line)
      line = `${INDENT}${word}`
    }
    line = shortenMiddle(line, width)
  }
  return [...lines, line]
}
