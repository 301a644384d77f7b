import { createHash } from 'node:crypto'
import type { CatalogState } from './catalog-state.ts'
import { CHECKSUM_LENGTH } from './checksum.ts'
import { IndentedText } from './indented-text.ts'

const PIECE_BYTES = 256 << 10

/** What stands at the beginning of a view: which state it shows, and what shows that nobody has edited it. */
export interface ViewHead {
  readonly revision: number
  /** Of all that follows the head. */
  readonly checksum: string
  readonly length: number
}

/**
 * The bytes of `catalog.json` in pieces, the event loop free between them. All of it is the state at the call: later
 * changes replace rows, they do not change them.
 */
export async function formatView(state: CatalogState, revision: number): Promise<readonly Buffer[]> {
  const sha256 = createHash('sha256')
  const pieces: Buffer[] = []
  for (const piece of formatBody(state)) {
    sha256.update(piece)
    pieces.push(piece)
    await new Promise(setImmediate)
  }
  const checksum = sha256.digest('hex').slice(0, CHECKSUM_LENGTH)
  return [Buffer.from(formatHead(revision, checksum)), ...pieces]
}

/** The head of a view; undefined where the bytes do not begin as a view of ours does. */
export function parseViewHead(bytes: Buffer): ViewHead | undefined {
  const [text, revision, checksum] = HEAD.exec(bytes.toString('latin1', 0, MAX_HEAD_LENGTH)) ?? []
  if (text === undefined || checksum === undefined) return undefined
  return { revision: Number(revision), checksum, length: text.length }
}

const HEAD = /^\{\n {2}"revision": ([0-9]{1,16}),\n {2}"checksum": "([0-9a-f]{32})",\n/u

function formatHead(revision: number, checksum: string): string {
  return `{\n  "revision": ${revision},\n  "checksum": "${checksum}",\n`
}

const MAX_HEAD_LENGTH = formatHead(Number.MAX_SAFE_INTEGER, '0'.repeat(CHECKSUM_LENGTH)).length

function* formatBody(state: CatalogState): Generator<Buffer> {
  const text = new IndentedText()
  for (const [key, value] of Object.entries(state.extra)) {
    text.add(`  ${JSON.stringify(key)}: `)
    const json = Buffer.from(JSON.stringify(value))
    text.addJson(json, 0, json.length, 1)
    text.add(',\n')
  }
  text.add('  "models": [')
  let separator = '\n    '
  for (const row of state.rows()) {
    text.add(separator)
    separator = ',\n    '
    const { body, start, end } = row.toText()
    text.addJson(body, start, end, 2)
    if (text.length >= PIECE_BYTES) yield text.take()
  }
  text.add(separator === '\n    ' ? ']\n}\n' : '\n  ]\n}\n')
  yield text.take()
}
