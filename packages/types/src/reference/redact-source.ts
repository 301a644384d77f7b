import { findSecretStart, hideTokens, toAscii } from './secret-text.ts'
import { findShownPart } from './shown-part.ts'

/**
 * A source without anything that could be a credential: no user and password, no query, no fragment, no parameters
 * (`;token=…`), no pasted header, and `…` for what has the form of a token (`hf_…`). Separators count also if they are
 * percent-encoded or full-width.
 * Every source that is shown (in errors, logs, events, metrics, tables) goes through here.
 * In doubt it cuts too much: `…` stands where nothing after the scheme could be shown.
 */
export function redactSource(source: string): string {
  const text = toAscii(source)
  const { scheme, start, end } = findShownPart(text, findSecretStart(text), /@|%(?:25)*40/gu)
  if (end === undefined) return hideTokens(`${scheme}…`)
  const plain = scheme + text.slice(start, end)
  const hidden = hideTokens(plain)
  return hidden === plain ? scheme + source.slice(start, end) : hidden
}

/**
 * A source without user and password, query and fragment as a parser of addresses knows them: what is
 * percent-encoded is part of a name.
 */
export function cutCredentials(source: string): string {
  const query = source.search(/[?#]/u)
  const { scheme, start, end } = findShownPart(source, query < 0 ? source.length : query, /@/gu)
  return end === undefined ? `${scheme}…` : scheme + source.slice(start, end)
}
