import { displayWidth, padToWidth, shortenMiddle } from './display-width.ts'
import { toPrintable } from './printable.ts'

export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** Colours a padded cell; the padding is counted before. */
  readonly paint?: ((cell: string) => string) | undefined
  /** The column may be left out if the table is too wide: that with the lowest number first. Absent: it stays. */
  readonly leaves?: number | undefined
  /** Whether its cells may be cut if the table is too wide. By default only the last column of a table. */
  readonly isCut?: boolean | undefined
}

const COLUMN_GAP = '  '
/** Cells are not cut below this width: the column leaves instead, or the line wraps. */
const LEAST_CUT_WIDTH = 12

interface MeasuredColumn extends Column {
  readonly cells: readonly string[]
  readonly width: number
  readonly leastWidth: number
}

/**
 * Lines of aligned columns, the titles first, in as few columns of the terminal as `width` says: the column that may
 * be cut is, then columns leave in their order. No other cell is cut. Without a width all is shown. No line ends in
 * a space. What would move a terminal is escaped.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const last = columns.length - 1
  const measured = columns.map(({ isCut, ...column }, index) =>
    measure(
      { isCut: isCut ?? index === last, ...column },
      rows.map((row) => row[index] ?? ''),
    ),
  )
  const shown = cutToWidth(leaveOut(measured, width), width)
  const titles = shown.map((column) => formatCell(column.title, column))
  const lines = rows.map((_row, at) =>
    shown.map((column) => {
      const cell = formatCell(column.cells[at] ?? '', column)
      return column.paint?.(cell) ?? cell
    }),
  )
  return [titles, ...lines].map((line) => line.join(COLUMN_GAP).trimEnd())
}

/** Escaped before it is measured: what is escaped is longer. */
function measure(column: Column, texts: readonly string[]): MeasuredColumn {
  const cells = texts.map(toPrintable)
  const width = cells.reduce((most, cell) => Math.max(most, displayWidth(cell)), column.title.length)
  return { ...column, cells, width, leastWidth: column.isCut ? Math.min(width, LEAST_CUT_WIDTH) : width }
}

/** The columns for which there is room. */
function leaveOut(columns: readonly MeasuredColumn[], width: number): readonly MeasuredColumn[] {
  if (sumWidths(columns.map(({ leastWidth }) => leastWidth)) <= width) return columns
  const [first] = columns
    .filter(({ leaves }) => leaves !== undefined)
    .toSorted((a, b) => (a.leaves ?? 0) - (b.leaves ?? 0))
  return first === undefined
    ? columns
    : leaveOut(
        columns.filter((column) => column !== first),
        width,
      )
}

/** What is too much is taken from the last column that may be cut. */
function cutToWidth(columns: readonly MeasuredColumn[], width: number): readonly MeasuredColumn[] {
  const tooMuch = sumWidths(columns.map((column) => column.width)) - width
  const cut = columns.findLast(({ isCut }) => isCut)
  if (cut === undefined || tooMuch <= 0) return columns
  const narrow = { ...cut, width: Math.max(cut.leastWidth, cut.width - tooMuch) }
  return columns.map((column) => (column === cut ? narrow : column))
}

function sumWidths(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each + COLUMN_GAP.length, -COLUMN_GAP.length)
}

function formatCell(text: string, { width, align, isCut }: MeasuredColumn): string {
  return padToWidth(isCut ? shortenMiddle(text, width) : text, width, align)
}
