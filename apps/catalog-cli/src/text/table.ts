import { shortenMiddle, toPrintable } from './printable.ts'

export interface Column {
  readonly title: string
  readonly align?: 'right'
  /** Colours a padded cell; the padding is counted before. */
  readonly paint?: ((cell: string) => string) | undefined
}

const COLUMN_GAP = '  '
/** Below this the last column is not cut any further, and the line may wrap. */
const LEAST_LAST_WIDTH = 12

/**
 * Lines of aligned columns, the titles first. The last column is cut to what is left of `width`; without a
 * width nothing is cut. No line ends in a space. What would move a terminal is escaped.
 */
export function formatTable(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  width: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  // Before it is measured: what is escaped is longer.
  const rows = cells.map((row) => row.map(toPrintable))
  const widths = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, (row[index] ?? '').length), title.length),
  )
  const last = columns.length - 1
  const taken = widths.slice(0, -1).reduce((sum, each) => sum + each + COLUMN_GAP.length, 0)
  widths[last] = Math.max(LEAST_LAST_WIDTH, width - taken)
  const format = (row: readonly string[], isTitle: boolean): string =>
    columns
      .map((column, index) => {
        const cell = formatCell(row[index] ?? '', widths[index] ?? 0, column, index === last)
        return isTitle ? cell : (column.paint?.(cell) ?? cell)
      })
      .join(COLUMN_GAP)
      .trimEnd()
  return [
    format(
      columns.map(({ title }) => title),
      true,
    ),
    ...rows.map((row) => format(row, false)),
  ]
}

function formatCell(text: string, width: number, { align }: Column, isLast: boolean): string {
  if (isLast) return shortenMiddle(text, width)
  return align === 'right' ? text.padStart(width) : text.padEnd(width)
}
