import stringWidth from 'string-width'

const SEGMENTER = new Intl.Segmenter()

/** How many columns of a terminal the text takes: a Chinese character or an emoji takes two, an accent none. */
export function displayWidth(text: string): number {
  return stringWidth(text)
}

/** The text with spaces up to this width. */
export function padToWidth(text: string, width: number, align?: 'right'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'right' ? `${padding}${text}` : `${text}${padding}`
}

/** Cuts out the middle, because the host and the file name are what tells one source from another. */
export function shortenMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  if (width < 1) return ''
  const letters = Array.from(SEGMENTER.segment(text), ({ segment }) => segment)
  const tailWidth = Math.floor((width - 1) / 2)
  const head = takeWidth(letters, width - 1 - tailWidth)
  const tail = takeWidth(letters.toReversed(), tailWidth).toReversed()
  return `${head.join('')}…${tail.join('')}`
}

/** As many of the first letters as fit. */
function takeWidth(letters: readonly string[], width: number): readonly string[] {
  let taken = 0
  const end = letters.findIndex((letter) => {
    taken += displayWidth(letter)
    return taken > width
  })
  return end === -1 ? letters : letters.slice(0, end)
}
