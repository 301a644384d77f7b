// The table of what each consumer got.

export interface Row {
  readonly consumer: string
  /** What was done: an installation, a run, a type check, a bundle. */
  readonly step: string
  readonly packages?: number
  readonly bytes?: number
  readonly milliseconds: number
  readonly node: string
}

const COLUMNS = ['consumer', 'step', 'packages', 'bytes', 'ms', 'Node.js']
const WIDTHS = [14, 34, 8, 11, 7, 10]

export function printHeading(): void {
  printCells(COLUMNS)
}

export function printRow({ consumer, step, packages, bytes, milliseconds, node }: Row): void {
  printCells([consumer, step, packages ?? '', bytes ?? '', milliseconds, node])
}

function printCells(cells: readonly (string | number)[]): void {
  const line = cells.map((cell, index) => {
    const width = WIDTHS[index] ?? 0
    return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
  })
  console.log(line.join('  ').trimEnd())
}
