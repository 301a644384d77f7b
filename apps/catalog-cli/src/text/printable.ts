const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Text that cannot run away with the terminal: control characters, and those that reverse or hide what is
 * written around them, become `\u{…}`. For what came from files, names and other people.
 */
export function toPrintable(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** The colours that the program itself uses. */
const COLORS: readonly string[] = [2, 22, 31, 32, 33, 39].map((code) => `\u001b[${code}m`)

/** The same for a line with colours, which stay. */
export function toPrintableColored(line: string): string {
  return line.replace(INVISIBLE, (character, index: number) =>
    COLORS.some((color) => line.startsWith(color, index)) ? character : toPrintable(character),
  )
}

// JSON.stringify escapes the other control characters itself, but for the line feeds that it makes.
const INVISIBLE_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/** The document as JSON without a character that turns the text around it, or hides in it. */
export function formatJson(document: unknown, indent?: number): string {
  return JSON.stringify(document, null, indent).replace(INVISIBLE_IN_JSON, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
