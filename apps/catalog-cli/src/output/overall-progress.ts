import { formatCount } from '../text/count.ts'
import { toPrintable } from '../text/printable.ts'
import { formatProgressBlock } from '../text/progress-block.ts'
import type { ReadingProgress } from '../text/progress-line.ts'
import { LiveLines } from './live-lines.ts'
import type { Output, Sink } from './output.ts'
import { createProgress } from './progress.ts'
import { TransferRate } from './transfer-rate.ts'

const REDRAW_MS = 100

/** One of several readings. */
export interface FileReading {
  /** Tells it from the others, and stays the same. */
  readonly id: string
  /** What is shown; default: the id. */
  readonly label?: string
  readonly doneBytes: number
  readonly totalBytes: number | undefined
}

/** How far several readings have come. */
interface SeveralReadings {
  readonly doneFiles: number
  readonly totalFiles: number
  readonly doneBytes: number
  /** Undefined while it is not known of all. */
  readonly totalBytes: number | undefined
  readonly reading: readonly FileReading[]
}

/** Shows how several files are read at the same time. Call `finish` or `clear` once, also after an error. */
export interface OverallProgress {
  update(readings: SeveralReadings): void
  /** Runs what prints something, with nothing drawn meanwhile. */
  aside(print: () => void): void
  /** All was read. */
  finish(): void
  /** It ended otherwise: nothing is left of it on a terminal. */
  clear(): void
}

export interface OverallOptions {
  /** What the lines of a log begin with. */
  readonly label: string
  /** What is counted: `model`. */
  readonly noun: string
  readonly now?: () => number
}

/**
 * A line for all and one for each file that is read, drawn anew on a terminal. In a log, as for one file: a few lines for
 * all of them.
 */
export function createOverallProgress(output: Output, options: OverallOptions): OverallProgress {
  const { label, now = Date.now } = options
  if (output.canRedraw) return new TerminalBars(output.stderr, { ...options, now })
  const progress = createProgress(output, label, now)
  return {
    update: ({ doneBytes, totalBytes }) => progress.update({ doneBytes, totalBytes }),
    aside: (print) => print(),
    finish: () => progress.finish(),
    clear: () => progress.clear(),
  }
}

class TerminalBars implements OverallProgress {
  readonly #sink: Sink
  readonly #lines: LiveLines
  readonly #noun: string
  readonly #now: () => number
  readonly #rate = new TransferRate()
  readonly #rates = new Map<string, TransferRate>()
  #drawnAtMs = Number.NEGATIVE_INFINITY
  #last: SeveralReadings | undefined

  constructor(sink: Sink, { noun, now }: Required<OverallOptions>) {
    this.#sink = sink
    this.#lines = new LiveLines(sink)
    this.#noun = noun
    this.#now = now
    sink.on?.('resize', this.#redraw)
  }

  update(readings: SeveralReadings): void {
    this.#last = readings
    if (this.#now() - this.#drawnAtMs >= REDRAW_MS) this.#draw(readings)
  }

  aside(print: () => void): void {
    const wasDrawn = this.#lines.isDrawn
    this.#lines.clear()
    print()
    if (wasDrawn) this.#redraw()
  }

  finish(): void {
    this.clear()
  }

  clear(): void {
    this.#sink.off?.('resize', this.#redraw)
    this.#lines.clear()
    this.#last = undefined
  }

  readonly #redraw = (): void => {
    if (this.#last !== undefined) this.#draw(this.#last)
  }

  #draw(readings: SeveralReadings): void {
    const atMs = this.#now()
    this.#drawnAtMs = atMs
    const { reading } = readings
    for (const id of this.#rates.keys()) if (!reading.some((file) => file.id === id)) this.#rates.delete(id)
    const { width, height } = this.#lines
    const overall = this.#toOverall(readings, atMs)
    const files = reading.map((file) => this.#toFile(file, atMs))
    this.#lines.draw(formatProgressBlock({ overall, files }, { width, height }))
  }

  #toOverall(
    { doneFiles, totalFiles, doneBytes, totalBytes }: SeveralReadings,
    atMs: number,
  ): ReadingProgress {
    return {
      label: `${doneFiles} of ${formatCount(totalFiles, this.#noun)}`,
      shortLabel: `${doneFiles}/${totalFiles}`,
      ...{ doneBytes, totalBytes },
      bytesPerSecond: this.#rate.add(doneBytes, atMs),
    }
  }

  #toFile({ id, label = id, doneBytes, totalBytes }: FileReading, atMs: number): ReadingProgress {
    const rate = this.#rates.get(id) ?? new TransferRate()
    this.#rates.set(id, rate)
    return { label: toPrintable(label), doneBytes, totalBytes, bytesPerSecond: rate.add(doneBytes, atMs) }
  }
}
