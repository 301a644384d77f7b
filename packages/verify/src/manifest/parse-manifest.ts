import { type InputProblem, parseSha256Digest } from '@catalog/types'
import type { ManifestLine } from './manifest.ts'
import { assertNoProblems, findManifestPathProblems } from './manifest-problems.ts'

// Two spaces for text mode, a space and an asterisk for binary mode; a backslash says that the name is escaped.
const LINE = /^(?<escaped>\\?)(?<digest>[0-9A-Fa-f]+) [ *](?<name>.+)$/su
const SHA256_CHARACTERS = 64
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\\\', '\\'],
  ['\\n', '\n'],
  ['\\r', '\r'],
])

/**
 * The files of a list that `sha256sum` wrote, in the order of its lines: of text or binary mode, with LF or CRLF, and
 * with `./` before a name. Comments (`#`) and empty lines count for nothing, as in `sha256sum --check`.
 * INVALID_INPUT, naming each wrong line as `line 3`, for another digest than SHA-256, another format (`--tag`), a path
 * that is there twice, is absolute, has a `..` or breaks another rule for paths inside the root; and for an empty list.
 */
export function parseManifest(text: string): readonly ManifestLine[] {
  if (typeof text !== 'string') assertNoProblems([{ field: 'manifest', problem: 'must be text' }])
  const files: ManifestLine[] = []
  const problems: InputProblem[] = []
  const seen = new Set<string>()
  for (const [index, line] of text
    .replace(/^\uFEFF/u, '')
    .split('\n')
    .entries()) {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line
    if (content === '' || content.startsWith('#')) continue
    const parsed = parseLine(content, `line ${index + 1}`, seen)
    if ('problem' in parsed) problems.push(parsed)
    else files.push(parsed)
  }
  assertNoProblems(problems)
  if (files.length === 0) assertNoProblems([{ field: 'manifest', problem: 'must name at least one file' }])
  return files
}

function parseLine(line: string, field: string, seen: Set<string>): ManifestLine | InputProblem {
  const { escaped, digest, name } = LINE.exec(line)?.groups ?? {}
  if (digest === undefined || name === undefined)
    return { field, problem: 'must be a digest and a file name' }
  if (digest.length !== SHA256_CHARACTERS) return { field, problem: describeDigest(digest.length) }
  const written = escaped === '' ? name : unescapeName(name)
  if (written === undefined) return { field, problem: 'must not have an unknown escape in its name' }
  // `find . -type f -exec sha256sum {} +` puts it there.
  const path = written.replace(/^(?:\.\/+)+/u, '')
  const [problem] = findManifestPathProblems(path, field, seen)
  return problem ?? { path, digest: parseSha256Digest(digest) }
}

function describeDigest(characters: number): string {
  return `must have a SHA-256 digest of ${SHA256_CHARACTERS} hexadecimal characters, not one of ${characters}`
}

/** What coreutils escapes in a name: backslash, newline and, since 9.0, carriage return. */
function unescapeName(name: string): string | undefined {
  if (/\\(?![\\nr])/u.test(name.replaceAll('\\\\', ''))) return undefined
  return name.replace(/\\[\\nr]/gu, (sequence) => ESCAPES.get(sequence) ?? sequence)
}
