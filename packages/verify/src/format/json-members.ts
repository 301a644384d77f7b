import { MAX_DEPTH } from './bounded-json.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d
const OPENING: ReadonlySet<number> = new Set([OPENING_BRACE, 0x5b])
const CLOSING: ReadonlySet<number> = new Set([CLOSING_BRACE, 0x5d])
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/** Why bytes are not a JSON object within limits. Quotes nothing of them. */
export class BadJsonError extends Error {}

/** A name and its value. */
export type JsonMember = readonly [name: string, value: unknown]

/**
 * The members of a JSON object, one after the other, so that the caller can pause between them: to parse an object of
 * 8 MiB at once takes hundreds of milliseconds. Depth and number of objects and lists are limited, as a text of nothing
 * but brackets takes many times its size in memory.
 */
export function* listMembers(bytes: Uint8Array, maxContainers: number): Generator<JsonMember> {
  const first = skipSpaces(bytes, 0) + 1
  if (bytes[first - 1] !== OPENING_BRACE) throw new BadJsonError('is not an object')
  let start = first
  let depth = 1
  let containers = 1
  let at = start
  for (; depth > 0; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) throw new BadJsonError('is not JSON')
    if (byte === QUOTE) at = findStringEnd(bytes, at + 1)
    else if (OPENING.has(byte)) {
      depth += 1
      containers += 1
      if (depth > MAX_DEPTH) throw new BadJsonError(`is nested deeper than ${MAX_DEPTH} levels`)
      if (containers > maxContainers)
        throw new BadJsonError(`has more than ${maxContainers} objects and lists`)
    } else if (CLOSING.has(byte)) depth -= 1
    else if (byte === COMMA && depth === 1) {
      yield parseMember(bytes.subarray(start, at))
      start = at + 1
    }
  }
  if (bytes[at - 1] !== CLOSING_BRACE) throw new BadJsonError('is not JSON')
  const isEmpty = skipSpaces(bytes, first) === at - 1
  if (!isEmpty) yield parseMember(bytes.subarray(start, at - 1))
  if (skipSpaces(bytes, at) < bytes.length) throw new BadJsonError('is not JSON')
}

/** Exactly one: commas of the object itself are between members, or wrong. */
function parseMember(bytes: Uint8Array): JsonMember {
  const [member, ...others] = Object.entries(parse(`{${new TextDecoder().decode(bytes)}}`))
  if (member === undefined || others.length > 0) throw new BadJsonError('is not JSON')
  return member
}

function parse(text: string): object {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadJsonError('is not JSON')
  }
}

/** Where the quotation mark stands that ends a string; the end of the bytes for a string without one. */
function findStringEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1
    else if (bytes[at] === QUOTE) return at
  }
  return bytes.length
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from
  while (SPACES.has(bytes[at] ?? -1)) at += 1
  return at
}
