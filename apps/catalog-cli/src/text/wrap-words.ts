import { displayWidth, shortenMiddle } from './display-width.ts'

export interface WrapOptions {
  /** What all lines but the first begin with; default: two spaces. */
  readonly indent?: string
  /** Whether a word that is longer than a line is cut, in its middle; default true. */
  readonly isCut?: boolean
}

/** The text in lines of at most `width` columns, broken between words. */
export function wrapWords(
  text: string,
  width: number,
  { indent = '  ', isCut = true }: WrapOptions = {},
): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line.trim() === '' || displayWidth(longer) <= width) line = longer
    else {
      lines.push(line.trimEnd())
      line = `${indent}${word}`
    }
    if (isCut) line = shortenMiddle(line, width)
  }
  return [...lines, line]
}
