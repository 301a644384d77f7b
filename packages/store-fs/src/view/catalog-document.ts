import { isUtf8 } from 'node:buffer'
import type { TextPlace } from '@catalog/types'
import { createDamaged } from '../disk/store-error.ts'
import { describePlaces, findSyntaxPlaces, MAX_PLACES } from './text-places.ts'

/** Deeper JSON than this overflows the stack of its next reader. */
const MAX_DEPTH = 64
/** More values than these fill the memory, though they may be few bytes. */
const MAX_VALUES = 16 << 20
const LINE_FEED = 0x0a
const REPLACEMENT = '\uFFFD'

/** A `catalog.json` that is a JSON object. */
export interface CatalogDocument {
  readonly path: string
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The object in the bytes of a `catalog.json`; DAMAGED if they are none, with every place. */
export function parseDocument(path: string, bytes: Buffer): CatalogDocument {
  const text = decodeText(path, bytes)
  assertWithinLimits(path, text)
  const fields = parseJson(path, text)
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields))
    return { path, text, fields: fields as Record<string, unknown> }
  throw createDamaged(path, 'it is not a JSON object')
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { places, position = 0 } = findSyntaxPlaces(text)
    const problem = `it is not JSON: ${describePlaces(places)}`
    const offset = Buffer.byteLength(text.slice(0, position))
    throw createDamaged(path, problem, { offset, places }, { cause })
  }
}

/** Strictly: `toString('utf8')` would turn wrong bytes into U+FFFD without a word. A leading BOM is left out. */
function decodeText(path: string, bytes: Buffer): string {
  if (isUtf16(bytes)) throw createDamaged(path, 'it is UTF-16 and not UTF-8')
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes)
  const places = findWrongBytes(bytes)
  throw createDamaged(path, `it is not valid UTF-8: ${describePlaces(places)}`, { places })
}

function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex')
  return mark === 'fffe' || mark === 'feff'
}

/** The first one in each line. */
function findWrongBytes(bytes: Buffer): readonly TextPlace[] {
  const places: TextPlace[] = []
  let start = 0
  for (let line = 1; start < bytes.length && places.length < MAX_PLACES; line += 1) {
    const end = bytes.indexOf(LINE_FEED, start)
    const content = bytes.subarray(start, end === -1 ? bytes.length : end)
    if (!isUtf8(content)) {
      places.push({ line, column: findWrongCharacter(content) + 1, problem: 'these bytes are not UTF-8' })
    }
    start += content.length + 1
  }
  return places
}

/** Where decoding puts U+FFFD, and the bytes are not those of it. */
function findWrongCharacter(line: Buffer): number {
  const text = line.toString('utf8')
  let offset = 0
  let from = 0
  for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, from)) {
    offset += Buffer.byteLength(text.slice(from, at))
    if (line.toString('latin1', offset, offset + 3) !== '\xef\xbf\xbd') return at
    offset += 3
    from = at + 1
  }
  return text.length
}

/** DAMAGED for a text that would take more stack or memory than there may be. Counts brackets and commas, and parses nothing. */
function assertWithinLimits(path: string, text: string): void {
  let depth = 0
  let deepest = 0
  let values = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = findStringEnd(text, at)
    else if (code === 0x2c) values += 1
    else if (code === 0x7d || code === 0x5d) depth -= 1
    else if (code === 0x7b || code === 0x5b) {
      values += 1
      deepest = Math.max(deepest, ++depth)
    }
  }
  if (deepest > MAX_DEPTH) throw createDamaged(path, `it is nested deeper than ${MAX_DEPTH} levels`)
  if (values > MAX_VALUES) throw createDamaged(path, `it has more than ${MAX_VALUES} values`)
}

/** The place of the quotation mark that ends a string, behind an even number of backslashes; the end of the text if none does. */
function findStringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end
    while (text.charCodeAt(first - 1) === 0x5c) first -= 1
    if ((end - first) % 2 === 0) return end
  }
  return text.length
}
