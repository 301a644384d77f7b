const URL_LIKE = /^([A-Za-z][A-Za-z0-9+.-]*:)?\/\//

/**
 * A source without anything that could be a credential: no user and password, no query, no fragment.
 * Everything that shows a source to somebody (errors, logs, events, metrics, tables) goes through here.
 * It cuts text instead of parsing a URL, so that what no parser accepts is redacted all the same.
 */
export function redactSource(source: string): string {
  const bare = source.replace(/[?#].*$/su, '')
  const scheme = URL_LIKE.exec(bare)?.[0]
  if (scheme === undefined) return redactUserInfo(bare)
  const rest = bare.slice(scheme.length)
  return scheme + rest.slice(findUserInfoEnd(rest))
}

/** Where `user:secret@` ends. A secret with an unescaped slash in it is cut too, up to the last `@`. */
function findUserInfoEnd(rest: string): number {
  const authority = rest.split('/', 1)[0] ?? ''
  const hasPort = /^[^:]*(?::[0-9]*)?$/u.test(authority)
  return (hasPort ? authority : rest).lastIndexOf('@') + 1
}

/** `user:secret@host:path`, as git and scp write it; `hf:org/repo@revision` keeps its revision. */
function redactUserInfo(text: string): string {
  return text.replace(/^[^/@\s]*:[^/@\s]*@/u, '')
}
