import { findSecretStart, hideTokens, toAscii } from './secret-text.ts'
import { findShownPart } from './shown-part.ts'

/**
 * A source without anything that could be a credential: user and password, query, fragment, parameters
 * (`;token=…`) and pasted headers are removed, and `…` replaces what has the form of a token (`hf_…`).
 * Separators also count if they are percent-encoded or full-width. Everything that shows a source (errors,
 * logs, events, metrics, tables) uses this. In doubt it removes too much: the result is `…` if nothing after
 * the scheme can be shown.
 *
 * @example
 * ```ts
 * import { redactSource } from '@catalog/types'
 *
 * console.log(redactSource('https://user:secret@example.com/model.gguf?token=1')) // https://example.com/model.gguf
 * ```
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
