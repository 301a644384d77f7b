/** What has one spelling only. */
const UNRESERVED = /^[A-Za-z0-9._~-]*$/u
/** A run of percent-encoded bytes. */
const ENCODED = /(?:%[0-9A-Fa-f]{2})+/gu
/** What `encodeURIComponent` encodes though it means nothing between slashes. `@` and `:` may end a credential: not here. */
const PLAIN_AFTER_ALL: ReadonlyMap<string, string> = new Map([
  ...['$', '&', '+', ',', ';', '='].map((plain): [string, string] => [encodeURIComponent(plain), plain]),
])

/** The segments of a path in their one spelling: encoded alike, no empty ones, `.` and `..` resolved. */
export function normalizeSegments(path: string, keepsParents = false): readonly string[] {
  const segments: string[] = []
  for (const part of path.split('/')) {
    const segment = normalizeSegment(part)
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.length > 0 && segments.at(-1) !== '..') segments.pop()
    else if (keepsParents) segments.push(segment)
  }
  return segments
}

/** A literal segment as it stands in a reference. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/gu, (code) => PLAIN_AFTER_ALL.get(code) ?? code)
}

/** The text that an encoded segment stands for; undefined if its bytes are not UTF-8. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** The texts of segments; undefined if one is not UTF-8, would be more than one segment, or is not safe. */
export function decodeSegments(segments: readonly string[]): readonly string[] | undefined {
  const decoded = segments.map((segment) => decodeSegment(segment) ?? '\0')
  return decoded.some((text) => /[\p{Cc}/]/u.test(text)) ? undefined : decoded
}

/** A repository has one name with and without `.git` at its end. */
export function withoutGit(segments: readonly string[]): readonly string[] {
  const last = segments.at(-1)?.replace(/(?<=.)(?:\.git)+$/u, '')
  return last === undefined ? segments : segments.with(-1, last)
}

/** A `%` that begins no encoded byte stands for itself. */
function normalizeSegment(part: string): string {
  if (UNRESERVED.test(part)) return part
  let normal = ''
  let end = 0
  for (const match of part.matchAll(ENCODED)) {
    normal += encodeSegment(part.slice(end, match.index))
    const decoded = decodeSegment(match[0])
    normal += decoded === undefined ? match[0].toUpperCase() : encodeSegment(decoded)
    end = match.index + match[0].length
  }
  return normal + encodeSegment(part.slice(end))
}
