// What may stand before the authority: a URL's scheme, a hub's short form (`hf:org/repo`), a Windows path.
const SCHEME_OR_DRIVE =
  /^(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/|(?:docker|file|gs|hf|huggingface|modelscope|oci|ollama|pkg|s3):|[A-Za-z]:[\\/].*)/su
// Only a host that cannot be taken for a user name: one with a dot, localhost, or an IPv6 address.
const HOST_AND_PORT = /^(?:localhost|\[[0-9A-Fa-f:.]+\]|[^:@.]*\.[^:@]*)(?::[0-9]{0,5})?$/u

/** The part of a source that may be shown: its scheme, and what stands from `start` to `end`. */
export interface ShownPart {
  readonly scheme: string
  readonly start: number
  /** Undefined where nothing behind the scheme may be shown. */
  readonly end: number | undefined
}

/**
 * The part of a source before `end` without user and password; `at` matches what ends these. It cuts text instead of
 * parsing a URL, so that what no parser accepts is cut all the same.
 */
export function findShownPart(text: string, end: number, at: RegExp): ShownPart {
  const scheme = SCHEME_OR_DRIVE.exec(text.slice(0, end))?.[0] ?? ''
  const shown = text.slice(scheme.length, end)
  const authority = shown.split('/', 1)[0] ?? ''
  const isUnsure = mayHidePassword(authority, shown)
  // An `@` behind the end may end a secret that has a `?`, a `#` or the like in it, unescaped.
  const isCut = (isUnsure || shown === authority) && findLast(text.slice(end), at) > 0
  const start = scheme.length + findLast(isUnsure ? shown : authority, at)
  return { scheme, start, end: isCut ? undefined : end }
}

/** The end of the last match; 0 if there is none. */
function findLast(text: string, pattern: RegExp): number {
  const last = Array.from(text.matchAll(pattern)).at(-1)
  return last === undefined ? 0 : last.index + last[0].length
}

/** Whether a password with `/` or `@` in it, unescaped, may reach beyond the authority. */
function mayHidePassword(authority: string, shown: string): boolean {
  const isPlain = !authority.includes(':') || HOST_AND_PORT.test(authority)
  // A mirror may carry the whole address behind its own: https://mirror.example/https://user:secret@host
  return !isPlain || shown.includes('://')
}
