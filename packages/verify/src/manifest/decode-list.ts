/** Room `manifest`: checksum lists. */

import type { InputProblem } from '@catalog/types'

/** The text of a list, or why it is not one. */
export type DecodedList = { readonly text: string; readonly isIntact: boolean } | InputProblem

const NOT_TEXT: InputProblem = { field: 'manifest', problem: 'must be text, or its bytes' }
const UTF_16: InputProblem = {
  field: 'manifest',
  problem: 'must be UTF-8 text, and this is UTF-16: iconv -f UTF-16 -t UTF-8 converts it',
}

/** The text of a list that was read as text or as bytes. `isIntact` is false if some bytes are not UTF-8. */
export function decodeList(list: unknown): DecodedList {
  if (typeof list === 'string') return isUtf16Text(list) ? UTF_16 : { text: list, isIntact: true }
  if (!(list instanceof Uint8Array)) return NOT_TEXT
  if (isUtf16(list)) return UTF_16
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(list), isIntact: isUtf8(list) }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** By its byte order mark, or by every other byte being zero as in ASCII text. */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true
  const isLittleEndian = first !== 0 && second === 0 && fourth === 0
  const isBigEndian = first === 0 && second !== 0 && third === 0
  return bytes.length >= 4 && (isLittleEndian || isBigEndian)
}

/** UTF-16 that was read as UTF-8, or byte by byte: its byte order mark became other characters, its zeros are left. */
function isUtf16Text(text: string): boolean {
  const [first, second, third, fourth] = text.replace(/^(?:\uFFFD\uFFFD|\u00FF\u00FE|\u00FE\u00FF)/u, '')
  return (second === '\0' && fourth === '\0') || (first === '\0' && third === '\0')
}
