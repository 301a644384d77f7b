/** One line of a list, not yet checked. */
export interface ListLine {
  /**
   * How the digest and the name are put together: `two` is a space and the mark of text (another space) or binary mode
   * (`*`); `one` a space or tab alone, as BSD's `-r` writes it; `tag` is `SHA256 (name) = digest`.
   */
  readonly form: 'two' | 'one' | 'tag'
  /** The algorithm of a `tag`. */
  readonly algorithm: string | undefined
  readonly isEscaped: boolean
  readonly digest: string
  /** As it is written. */
  readonly name: string
}

const START = /^[ \t]*(?<escaped>\\?)/u
const DIGEST_FIRST = /^(?<digest>[0-9A-Fa-f]+)[ \t](?<rest>.+)$/su
// The name ends at the last parenthesis. `sha256sum --tag` has a space before it and around `=`, `openssl dgst` has not.
const TAGGED = /^(?<algorithm>[A-Za-z][A-Za-z0-9/-]*) ?\((?<name>.+)\)[ \t]*=[ \t]*(?<digest>[0-9A-Fa-f]+)$/su
/** A name of an algorithm that is a digest is none: the line begins with its digest. */
const HEX_DIGEST = /^[0-9A-Fa-f]{32,}$/u

/** The parts of a line as `sha256sum --check` takes it apart (coreutils 9.1), or undefined. */
export function splitListLine(line: string): ListLine | undefined {
  const [start = '', escaped = ''] = START.exec(line) ?? []
  const content = line.slice(start.length)
  const isEscaped = escaped !== ''
  const { algorithm, name, digest } = TAGGED.exec(content)?.groups ?? {}
  if (algorithm !== undefined && !HEX_DIGEST.test(algorithm) && name !== undefined && digest !== undefined)
    return { form: 'tag', algorithm, isEscaped, digest, name }
  return splitDigestFirst(content, isEscaped)
}

function splitDigestFirst(content: string, isEscaped: boolean): ListLine | undefined {
  const { digest, rest } = DIGEST_FIRST.exec(content)?.groups ?? {}
  if (digest === undefined || rest === undefined) return undefined
  const isMarked = rest.length > 1 && /^[ *]/u.test(rest)
  const common = { algorithm: undefined, isEscaped, digest }
  return isMarked ? { form: 'two', ...common, name: rest.slice(1) } : { form: 'one', ...common, name: rest }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\\\', '\\'],
  ['\\n', '\n'],
  ['\\r', '\r'],
])

/** What coreutils escapes in a name: backslash, newline and, since 9.0, carriage return. Undefined for another escape. */
export function unescapeName(name: string): string | undefined {
  if (/\\(?![\\nr])/u.test(name.replaceAll('\\\\', ''))) return undefined
  return name.replace(/\\[\\nr]/gu, (sequence) => ESCAPES.get(sequence) ?? sequence)
}
