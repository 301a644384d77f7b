import type { CatalogState } from './catalog-state.ts'
import { checksumOf, checksumOfAll } from './checksum.ts'
import type { Row } from './row.ts'

const ROWS_PER_PIECE = 500

/** What stands at the beginning of a view: which state it shows, and that nobody has edited it. */
export interface ViewHead {
  readonly revision: number
  /** Whether the rest of the file is as it was written. */
  readonly isIntact: boolean
}

/**
 * The bytes of `catalog.json` in pieces, the event loop free between them. All of it is the state at the call: later
 * changes replace rows, they do not change them.
 */
export async function formatView(state: CatalogState, revision: number): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = []
  for (const text of formatBody(state)) {
    pieces.push(Buffer.from(text))
    await new Promise(setImmediate)
  }
  return [Buffer.from(formatHead(revision, checksumOfAll(pieces))), ...pieces]
}

/** The head of a view; undefined where the bytes do not begin as a view of ours does. */
export function parseViewHead(bytes: Buffer): ViewHead | undefined {
  const head = bytes.toString('latin1', 0, formatHead(Number.MAX_SAFE_INTEGER, checksumOf('')).length)
  const [text, revision, checksum] = HEAD.exec(head) ?? []
  if (text === undefined) return undefined
  return { revision: Number(revision), isIntact: checksumOf(bytes.subarray(text.length)) === checksum }
}

const HEAD = /^\{\n {2}"revision": ([0-9]{1,16}),\n {2}"checksum": "([0-9a-f]{32})",\n/u

function formatHead(revision: number, checksum: string): string {
  return `{\n  "revision": ${revision},\n  "checksum": "${checksum}",\n`
}

function* formatBody(state: CatalogState): Generator<string> {
  const rows = state.list({})
  const extra = Object.entries(state.extra).map(([key, value]) => `  ${formatMember(key, value)},\n`)
  yield `${extra.join('')}  "models": [`
  for (let first = 0; first < rows.length; first += ROWS_PER_PIECE) {
    const piece = rows.slice(first, first + ROWS_PER_PIECE)
    yield (first === 0 ? '' : ',') + piece.map(formatRow).join(',')
  }
  yield rows.length === 0 ? ']\n}\n' : '\n  ]\n}\n'
}

function formatRow(row: Row): string {
  return `\n    ${indent(JSON.stringify(row.toWire(), undefined, 2), '    ')}`
}

function formatMember(key: string, value: unknown): string {
  return `${JSON.stringify(key)}: ${indent(JSON.stringify(value, undefined, 2), '  ')}`
}

// Not a regular expression: `^` would also match behind U+2028 inside a string.
function indent(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`)
}
