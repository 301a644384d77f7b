import type { CatalogState } from './catalog-state.ts'
import type { Row } from './row.ts'

const ROWS_PER_PIECE = 500

/**
 * The text of `catalog.json` in pieces, so that a large catalog does not hold up the event loop. All of it is
 * the state at the first call: later changes replace rows, they do not change them.
 */
export function* formatView(state: CatalogState, revision: number): Generator<string> {
  const rows = state.list({})
  const extra = Object.entries(state.extra).map(([key, value]) => `  ${formatMember(key, value)},\n`)
  yield `{\n  "revision": ${revision},\n${extra.join('')}  "models": [`
  for (let first = 0; first < rows.length; first += ROWS_PER_PIECE) {
    const piece = rows.slice(first, first + ROWS_PER_PIECE)
    yield (first === 0 ? '' : ',') + piece.map(formatRow).join(',')
  }
  yield rows.length === 0 ? ']\n}\n' : '\n  ]\n}\n'
}

/** The revision that a view says it has; undefined where the bytes do not begin as a view of ours does. */
export function parseViewRevision(head: Buffer | undefined): number | undefined {
  const digits = /^\{\n {2}"revision": ([0-9]{1,16}),\n/u.exec(head?.toString('latin1') ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
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
