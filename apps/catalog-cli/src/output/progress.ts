import { formatBytes } from '../text/bytes.ts'
import { formatDuration } from '../text/duration.ts'
import { toPrintable } from '../text/printable.ts'
import {
  formatProgressLine,
  formatProgressNote,
  type ReadingProgress,
  toPercent,
} from '../text/progress-line.ts'
import { LiveLines } from './live-lines.ts'
import type { Output, Sink } from './output.ts'
import { TransferRate } from './transfer-rate.ts'

const REDRAW_MS = 100
const NOTE_MS = 10_000
/** No log needs more than a line a second, however fast the tenths go by. */
const LEAST_NOTE_MS = 1000
const NOTE_PERCENT = 10

/** Shows how one file is read. Call `finish` or `clear` once, also after an error. */
export interface Progress {
  update(progress: { readonly doneBytes: number; readonly totalBytes: number | undefined }): void
  /** All was read. */
  finish(): void
  /** It ended otherwise: nothing is left of it on a terminal. */
  clear(): void
}

/** A line that is drawn anew on a terminal, a few lines in a log or on a terminal without escape sequences, and nothing in a log beside `--json`. */
export function createProgress(output: Output, label: string, now: () => number = Date.now): Progress {
  const reading = new Reading(toPrintable(label), now)
  if (output.canRedraw) return new TerminalProgress(output.stderr, reading)
  return output.json ? silentProgress : new LoggedProgress(output.stderr, reading)
}

type Bytes = Parameters<Progress['update']>[0]

const silentProgress: Progress = { update() {}, finish() {}, clear() {} }

/** One reading and its clock, however it is shown. */
class Reading {
  readonly #label: string
  readonly #now: () => number
  readonly #startedAtMs: number
  readonly #rate: TransferRate = new TransferRate()

  constructor(label: string, now: () => number) {
    this.#label = label
    this.#now = now
    this.#startedAtMs = now()
  }

  advance(bytes: Bytes): { readonly progress: ReadingProgress; readonly atMs: number } {
    const atMs = this.#now()
    const bytesPerSecond = this.#rate.add(bytes.doneBytes, atMs)
    return { progress: { label: this.#label, ...bytes, bytesPerSecond }, atMs }
  }

  get elapsedMs(): number {
    return this.#now() - this.#startedAtMs
  }
}

class TerminalProgress implements Progress {
  readonly #sink: Sink
  readonly #lines: LiveLines
  readonly #reading: Reading
  #drawnAtMs = Number.NEGATIVE_INFINITY
  #last: ReadingProgress | undefined

  constructor(sink: Sink, reading: Reading) {
    this.#sink = sink
    this.#lines = new LiveLines(sink)
    this.#reading = reading
    sink.on?.('resize', this.#redraw)
  }

  update(bytes: Bytes): void {
    const { progress, atMs } = this.#reading.advance(bytes)
    this.#last = progress
    if (atMs - this.#drawnAtMs < REDRAW_MS) return
    this.#drawnAtMs = atMs
    this.#redraw()
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
    if (this.#last !== undefined) this.#lines.draw([formatProgressLine(this.#last, this.#lines.width)])
  }
}

class LoggedProgress implements Progress {
  readonly #sink: Sink
  readonly #reading: Reading
  #last: ReadingProgress | undefined
  #notedAtMs: number | undefined
  #notedPercent = 0

  constructor(sink: Sink, reading: Reading) {
    this.#sink = sink
    this.#reading = reading
  }

  update(bytes: Bytes): void {
    const { progress, atMs } = this.#reading.advance(bytes)
    this.#last = progress
    if (this.#notedAtMs === undefined) {
      this.#notedAtMs = atMs
      const { label, totalBytes } = progress
      this.#sink.write(`${label}: reading${totalBytes === undefined ? '' : ` ${formatBytes(totalBytes)}`}\n`)
    } else if (this.#isDue(progress, atMs - this.#notedAtMs)) {
      this.#notedAtMs = atMs
      this.#notedPercent = toPercent(progress)
      this.#sink.write(`${formatProgressNote(progress)}\n`)
    }
  }

  finish(): void {
    if (this.#last === undefined) return
    const { label, doneBytes } = this.#last
    const duration = formatDuration(this.#reading.elapsedMs)
    this.#sink.write(`${label}: read ${formatBytes(doneBytes)} in ${duration}\n`)
  }

  clear(): void {}

  /** The last byte is told of by `finish`. */
  #isDue(progress: ReadingProgress, quietMs: number): boolean {
    if (progress.doneBytes === progress.totalBytes) return false
    if (quietMs >= NOTE_MS) return true
    return quietMs >= LEAST_NOTE_MS && toPercent(progress) - this.#notedPercent >= NOTE_PERCENT
  }
}
