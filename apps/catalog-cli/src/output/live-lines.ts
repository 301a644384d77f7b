import { displayWidth } from '../text/display-width.ts'
import type { Sink } from './output.ts'

const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24
const ERASE_LINE = '\u001b[2K'
const UP = '\u001b[1A'

/**
 * The last lines of a terminal, drawn anew in place. The cursor stays visible, behind the last of them, so that nothing is to be
 * restored if the program is killed.
 */
export class LiveLines {
  readonly #sink: Sink
  #drawn: readonly string[] = []

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** The most columns of a line: one stays free, since a full line would make some terminals begin the next one. */
  get width(): number {
    return this.#columns - 1
  }

  /** The most lines, so that none of them leaves the screen. */
  get height(): number {
    return Math.max(1, (this.#sink.rows || DEFAULT_ROWS) - 1)
  }

  get isDrawn(): boolean {
    return this.#drawn.length > 0
  }

  draw(lines: readonly string[]): void {
    this.#sink.write(`${this.#toErasing()}${lines.join('\n')}`)
    this.#drawn = lines
  }

  clear(): void {
    if (this.isDrawn) this.#sink.write(this.#toErasing())
    this.#drawn = []
  }

  get #columns(): number {
    return this.#sink.columns || DEFAULT_COLUMNS
  }

  /** A terminal that became narrower has wrapped what was drawn. */
  #toErasing(): string {
    const rows = this.#drawn.map((line) => Math.max(1, Math.ceil(displayWidth(line) / this.#columns)))
    const above = Math.min(
      rows.reduce((sum, count) => sum + count, 0),
      this.height + 1,
    )
    return `\r${ERASE_LINE}${`${UP}${ERASE_LINE}`.repeat(Math.max(0, above - 1))}`
  }
}
