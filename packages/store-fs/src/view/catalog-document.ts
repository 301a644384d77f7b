import { isUtf8 } from 'node:buffer'
import type { TextPlace } from '@catalog/types'
import { createDamaged } from '../disk/store-error.ts'
import { describePlaces, findSyntaxPlaces, MAX_PLACES } from './text-places.ts'

/** Deeper JSON than this overflows the stack of whatever reads it next. */
const MAX_DEPTH = 64
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
  if (measureDepth(text) > MAX_DEPTH)
    throw createDamaged(path, `it is nested deeper than ${MAX_DEPTH} levels`)
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
      places.push({ line, column: findWrongCharacter(content) + 1, problem: 'these bytes are no UTF-8' })
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

/** How deep the brackets of a JSON text go, without parsing it. */
function measureDepth(text: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x22) isString = !isString
    else if (isString) at += code === 0x5c ? 1 : 0
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x7d || code === 0x5d) depth -= 1
  }
  return deepest
}
