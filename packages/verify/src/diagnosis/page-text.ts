import { redactSource } from '@catalog/types'

const MAX_SAID_CHARACTERS = 200
/** More than enough for what is shown, and little enough for the patterns below. */
const MAX_LOOKED_AT = 4000

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu
const URL_TEXT = /[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/giu
const NAMED_SECRET =
  /(authorization|token|password|passwd|pwd|secret|key|signature|credentials?|cookie|session)(["']?\s*[:=]\s*)(?:(?:bearer|basic)\s+)?(?:"[^"]*"|'[^']*'|[^\s"',;&<>}]+)/giu
const AUTHORIZATION = /\b(bearer|basic)\s+[^\s"',;<>]+/giu
const USER_AND_PASSWORD = /[^\s@"'<>:]+:[^\s@"'<>]+@/gu
const KNOWN_TOKEN = /\b(?:hf_|gh[pousr]_|github_pat_|glpat-|sk-|xox[a-z]-)[\w-]+/gu
// Keys, signatures and the parts of a JWT; a long name goes with them.
const LONG_TOKEN = /[A-Za-z0-9+/_=-]{20,}/gu

/**
 * What a page says, fit for a log and a terminal: one line of at most 200 characters, without control and invisible
 * characters, and without what looks like a credential: `…` stands in its place. In doubt it cuts too much.
 */
export function toSaidText(text: string): string {
  const shown = takeWholeWords(text)
    .replace(INVISIBLE, ' ')
    .replace(URL_TEXT, (url) => redactSource(url))
    .replace(NAMED_SECRET, '$1$2…')
    .replace(AUTHORIZATION, '$1 …')
    .replace(USER_AND_PASSWORD, '…@')
    .replace(KNOWN_TOKEN, '…')
    .replace(LONG_TOKEN, '…')
    .replace(/\s+/gu, ' ')
    .trim()
  if (shown.length <= MAX_SAID_CHARACTERS) return shown
  return `${shown.slice(0, MAX_SAID_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`
}

/** Half a credential would not be recognised, so what is cut is cut between words. */
function takeWholeWords(text: string): string {
  const start = text.trimStart()
  if (start.length <= MAX_LOOKED_AT) return start
  return start.slice(0, MAX_LOOKED_AT).replace(/\S+$/u, '')
}
