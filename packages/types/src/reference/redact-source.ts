// What may stand before the authority: a URL's scheme, a hub's short form (`hf:org/repo`), a Windows path.
const SCHEME_OR_DRIVE =
  /^(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/|(?:docker|file|gs|hf|huggingface|modelscope|oci|ollama|pkg|s3):|[A-Za-z]:[\\/][^?#]*)/u
// Only a host that nobody would take for a user name: one with a dot, localhost, or an IPv6 address.
const HOST_AND_PORT = /^(?:localhost|\[[0-9A-Fa-f:.]+\]|[^:@.]*\.[^:@]*)(?::[0-9]{0,5})?$/u

/**
 * A source without anything that could be a credential: no user and password, no query, no fragment.
 * Everything that shows a source to somebody (errors, logs, events, metrics, tables) goes through here.
 * It cuts text instead of parsing a URL, so that what no parser accepts is redacted all the same. In doubt it
 * cuts too much: `…` stands where nothing after the scheme could be shown.
 */
export function redactSource(source: string): string {
  const scheme = SCHEME_OR_DRIVE.exec(source)?.[0] ?? ''
  const rest = source.slice(scheme.length)
  const shownEnd = rest.search(/[?#]/u)
  const shown = shownEnd < 0 ? rest : rest.slice(0, shownEnd)
  const authority = shown.split('/', 1)[0] ?? ''
  const isUnsure = mayHidePassword(authority, shown)
  // An `@` behind the `?` or `#` may end a secret that has one of these in it, unescaped.
  if ((isUnsure || shown === authority) && rest.lastIndexOf('@') > shown.length) return `${scheme}…`
  return scheme + shown.slice((isUnsure ? shown : authority).lastIndexOf('@') + 1)
}

/** Whether a password with `/` or `@` in it, unescaped, may reach beyond the authority. */
function mayHidePassword(authority: string, shown: string): boolean {
  const isPlain = !authority.includes(':') || HOST_AND_PORT.test(authority)
  // A mirror may carry the whole address behind its own: https://mirror.example/https://user:secret@host
  return !isPlain || shown.includes('://')
}
