import { createHash } from 'node:crypto'
import { CHECKSUM_LENGTH } from '../format/checksum.ts'
import type { CatalogState } from '../state/catalog-state.ts'
import { IndentedText } from './indented-text.ts'
import { SETTINGS_FIELD, toViewSettings } from './view-settings.ts'

const PIECE_BYTES = 256 << 10
/** A longer model is not spread over lines: nested lists of short values would take many times the room. */
const MAX_INDENTED_BYTES = 1 << 20

/** What stands at the beginning of a view: which state it shows, and what shows that it was not edited. */
export interface ViewHead {
  readonly revision: number
  /** Of all that follows the head. */
  readonly checksum: string
  readonly length: number
  /** Of the journal that it was made from: there is no such one where both were copied. */
  readonly inode: number | undefined
}

/**
 * The bytes of `catalog.json` in pieces, the event loop free between them. All of it is the state at the call: later
 * changes replace rows, they do not change them.
 */
export async function formatView(
  state: CatalogState,
  revision: number,
  inode: number,
): Promise<readonly Buffer[]> {
  const sha256 = createHash('sha256')
  const pieces: Buffer[] = []
  for (const piece of formatBody(state, inode)) {
    sha256.update(piece)
    pieces.push(piece)
    await new Promise(setImmediate)
  }
  const checksum = sha256.digest('hex').slice(0, CHECKSUM_LENGTH)
  return [Buffer.from(formatHead(revision, checksum)), ...pieces]
}

/** No catalog comes so far: what stands there was made up, and counting on from it would soon be inexact. */
const MAX_REVISION = 2 ** 52

/** The head of a view; undefined where the bytes do not begin as a view of ours does. */
export function parseViewHead(bytes: Buffer): ViewHead | undefined {
  const [text, revision, checksum] = HEAD.exec(bytes.toString('latin1', 0, MAX_HEAD_BYTES)) ?? []
  if (text === undefined || checksum === undefined || Number(revision) > MAX_REVISION) return undefined
  const [, inode] = INODE.exec(bytes.toString('latin1', text.length, text.length + MAX_INODE_BYTES)) ?? []
  return {
    revision: Number(revision),
    checksum,
    length: text.length,
    inode: inode === undefined ? undefined : Number(inode),
  }
}

const HEAD = /^\{\n {2}"revision": (0|[1-9][0-9]{0,15}),\n {2}"checksum": "([0-9a-f]{32})",\n/u

function formatHead(revision: number, checksum: string): string {
  return `{\n  "revision": ${revision},\n  "checksum": "${checksum}",\n`
}

const INODE = /^ {2}"inode": ([0-9]{1,20}),\n/u

function formatInode(inode: number): string {
  return `  "inode": ${inode},\n`
}

const MAX_INODE_BYTES = formatInode(1e20).length
/** The longest head of a view, and what says which journal it was made from. */
export const MAX_HEAD_BYTES: number =
  formatHead(Number.MAX_SAFE_INTEGER, '0'.repeat(CHECKSUM_LENGTH)).length + MAX_INODE_BYTES

/** Those beside `models`: the settings stand in the place of another program's field of that name. */
function fieldsOf({ extra, settings }: CatalogState): Readonly<Record<string, unknown>> {
  return settings === undefined ? extra : { ...extra, [SETTINGS_FIELD]: toViewSettings(settings) }
}

function* formatBody(state: CatalogState, inode: number): Generator<Buffer> {
  const text = new IndentedText()
  text.add(formatInode(inode))
  for (const [key, value] of Object.entries(fieldsOf(state))) {
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
    if (end - start > MAX_INDENTED_BYTES) text.addBytes(body.subarray(start, end))
    else text.addJson(body, start, end, 2)
    if (text.length >= PIECE_BYTES) yield text.take()
  }
  text.add(separator === '\n    ' ? ']\n}\n' : '\n  ]\n}\n')
  yield text.take()
}
