import {
  assertOptions,
  findFilePathProblem,
  type InputProblem,
  type OptionKinds,
  parseSha256Digest,
} from '@catalog/types'
import { decodeList } from './decode-list.ts'
import { type ListLine, splitListLine, unescapeName } from './list-line.ts'
import type { ManifestLine } from './manifest-line.ts'
import { assertNoProblems } from './manifest-problems.ts'

const SHA256_CHARACTERS = 64
const SHA256_NAMES = /^sha(?:2?-)?256$/iu

/** Options of `parseManifest`. */
export interface ParseManifestOptions {
  /**
   * Whether a name may be any path, also an absolute one or one with `..`, as `sha256sum --check` takes it.
   * Default false: names are paths inside the root of a model.
   */
  readonly anyPath?: boolean | undefined
}

const PARSE_OPTIONS: OptionKinds<ParseManifestOptions> = { anyPath: 'boolean' }

/** A line that is neither empty nor a comment, and where it stands. */
interface NumberedLine {
  readonly field: string
  readonly content: string
  readonly split: ListLine | undefined
}

/** What is known of the list while its lines are parsed. */
interface Listing {
  readonly isIntact: boolean
  /** Whether lines are marked for text or binary mode, as `sha256sum` marks them: then all have to be. */
  readonly isMarked: boolean
  readonly anyPath: boolean
  readonly found: Map<string, ManifestLine>
}

/**
 * Parses a list as `sha256sum --check` does, in the order of its lines: the output of `sha256sum` in text or
 * binary mode or with `--tag`, that of `openssl dgst`, and lists with one space or a tab between digest and
 * name; with LF or CRLF, and with `./` before a name. Comments (`#`) and empty lines are ignored. A file that
 * is listed twice with one digest counts once. The error names each wrong line as `line 3`.
 *
 * @param list the text, or its bytes in UTF-8
 *
 * @throws {CatalogError} INVALID_INPUT if a line has another digest than SHA-256, one space while other lines
 *   have two, or a path that occurs with another digest, is absolute, has a `..` or breaks another rule for
 *   paths inside the root; if the list is in UTF-16; if it names no file; or if an option is invalid
 */
export function parseManifest(
  list: string | Uint8Array,
  options: ParseManifestOptions = {},
): readonly ManifestLine[] {
  assertOptions(options, PARSE_OPTIONS)
  const { anyPath = false } = options
  const decoded = decodeList(list)
  if ('problem' in decoded) {
    assertNoProblems([decoded])
    return []
  }
  const lines = readLines(decoded.text)
  const isMarked = lines.some(({ split }) => split?.form === 'two')
  const listing: Listing = { isIntact: decoded.isIntact, isMarked, anyPath, found: new Map() }
  const problems = lines.flatMap((line) => parseLine(line, listing))
  assertNoProblems(problems)
  if (listing.found.size === 0) {
    assertNoProblems([{ field: 'manifest', problem: 'must name at least one file' }])
  }
  return [...listing.found.values()]
}

function readLines(text: string): readonly NumberedLine[] {
  const lines = text.replace(/^\uFEFF/u, '').split('\n')
  return lines.flatMap((line, index) => {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line
    if (content === '' || content.startsWith('#')) return []
    return [{ field: `line ${index + 1}`, content, split: splitListLine(content) }]
  })
}

/** Adds what the line says to what was found, or says what is wrong with it. */
function parseLine(line: NumberedLine, listing: Listing): readonly InputProblem[] {
  const parsed = parseEntry(line, listing)
  if (typeof parsed === 'string') return [{ field: line.field, problem: parsed }]
  listing.found.set(parsed.path, parsed)
  return []
}

/** The file of a line, or what is wrong with the line. */
function parseEntry({ content, split }: NumberedLine, listing: Listing): ManifestLine | string {
  if (split === undefined) return NO_LINE
  const problem = findLineProblem(split, content, listing)
  if (problem !== undefined) return problem
  const name = split.isEscaped ? unescapeName(split.name) : split.name
  if (name === undefined) return 'must not have an unknown escape in its name'
  // `find . -type f -exec sha256sum {} +` puts it there.
  const entry = { path: name.replace(/^(?:\.\/+)+/u, ''), digest: parseSha256Digest(split.digest) }
  return findPathProblem(entry.path, listing) ?? findContradiction(entry, listing) ?? entry
}

function findPathProblem(path: string, { anyPath }: Listing): string | undefined {
  if (!anyPath) return findFilePathProblem(path)
  return path === '' || path.includes('\0') ? 'must be a path without NUL' : undefined
}

const NO_LINE = 'must be a digest and a file name, as sha256sum, sha256sum --tag or openssl dgst writes them'

function findLineProblem(
  { form, algorithm, digest }: ListLine,
  content: string,
  { isIntact, isMarked }: Listing,
): string | undefined {
  if (!isIntact && content.includes('\uFFFD')) return 'must be UTF-8 text'
  if (algorithm !== undefined && !SHA256_NAMES.test(algorithm)) {
    return `must have a SHA-256 digest, not one of ${algorithm}`
  }
  if (digest.length !== SHA256_CHARACTERS) {
    return `must have a SHA-256 digest of ${SHA256_CHARACTERS} hexadecimal characters, not one of ${digest.length}`
  }
  // Whether the second space belongs to the name could not be told.
  if (form === 'one' && isMarked) return 'must not have one space before its name if other lines have two'
  return undefined
}

function findContradiction({ path, digest }: ManifestLine, { found }: Listing): string | undefined {
  const before = found.get(path)
  if (before === undefined || before.digest === digest) return undefined
  return `names ${JSON.stringify(path)} a second time, with another digest`
}
