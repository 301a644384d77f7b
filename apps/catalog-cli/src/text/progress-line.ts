import { formatBytes } from './bytes.ts'
import { displayWidth, shortenMiddle } from './display-width.ts'
import { formatDuration } from './duration.ts'

/** How far one reading has come, and how fast it is. */
export interface ReadingProgress {
  readonly label: string
  /** What stands there if the label does not fit; by default the label is cut. */
  readonly shortLabel?: string
  readonly doneBytes: number
  /** Undefined if only the end of the reading will show it. */
  readonly totalBytes: number | undefined
  /** 0 while nothing can be said. */
  readonly bytesPerSecond: number
}

const PART_GAP = '  '
const MOST_BAR = 30
const LEAST_BAR = 8
const LEAST_LABEL = 12

/**
 * The progress in one line of at most `width` columns. As room gets scarce the bar shrinks and goes, then the
 * label is cut, then what is least missed goes: the sizes, the rate, the time left. The percentage stays.
 */
export function formatProgressLine(progress: ReadingProgress, width: number): string {
  if (progress.totalBytes === undefined) return shortenMiddle(formatProgressNote(progress), width)
  const { percent, sizes, rate, left } = padProgress(describeProgress(progress))
  const tails = [
    [percent, sizes, rate, left],
    [percent, rate, left],
    [percent, left],
  ].map((parts) => parts.join(PART_GAP))
  const { label: wholeLabel, shortLabel = wholeLabel } = progress
  const least = Math.min(displayWidth(shortLabel), LEAST_LABEL)
  const tail = tails.find((text) => least + PART_GAP.length + text.length <= width) ?? percent
  const room = width - tail.length - PART_GAP.length
  if (room < 1) return percent.trim().slice(0, Math.max(0, width))
  const label = displayWidth(wholeLabel) <= room ? wholeLabel : shortLabel
  const barRoom = room - displayWidth(label) - PART_GAP.length - 2
  if (barRoom < LEAST_BAR) return `${shortenMiddle(label, room)}${PART_GAP}${tail}`
  return `${label}${PART_GAP}${formatBar(progress, Math.min(barRoom, MOST_BAR))}${PART_GAP}${tail}`
}

/** The same for a log: no bar and no padding, nothing cut. */
export function formatProgressNote(progress: ReadingProgress): string {
  const { percent, rate, left } = describeProgress(progress)
  const { doneBytes, totalBytes } = progress
  const done = totalBytes === undefined ? formatBytes(doneBytes) : `${percent} of ${formatBytes(totalBytes)}`
  const parts = [done, rate, left]
  return `${progress.label}: ${parts.filter((part) => part !== '').join(', ')}`
}

/** Whole percent, never 100 before the last byte, and 0 of an unknown total. */
export function toPercent({ doneBytes, totalBytes }: ReadingProgress): number {
  if (totalBytes === undefined) return 0
  return totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100)
}

interface DescribedProgress {
  readonly percent: string
  readonly sizes: string
  readonly rate: string
  readonly left: string
}

function describeProgress(progress: ReadingProgress): DescribedProgress {
  const { doneBytes, totalBytes, bytesPerSecond } = progress
  const isKnown = totalBytes !== undefined
  const leftMs = isKnown ? Math.ceil((totalBytes - doneBytes) / bytesPerSecond) * 1000 : 0
  return {
    percent: `${toPercent(progress)} %`,
    sizes: isKnown ? `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}` : formatBytes(doneBytes),
    rate: bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : '',
    left: isKnown && bytesPerSecond > 0 ? `${formatDuration(leftMs).replace('.0', '')} left` : '',
  }
}

/** Widths that nearly always do, so that nothing jumps from one drawing to the next. */
function padProgress({ percent, sizes, rate, left }: DescribedProgress): DescribedProgress {
  return {
    percent: percent.padStart(5),
    sizes: sizes.padStart(20),
    rate: rate.padStart(10),
    left: left.padStart(16),
  }
}

/** A bar and its two edges; an empty one of an unknown total. */
export function formatBar({ doneBytes, totalBytes }: ReadingProgress, width: number): string {
  const part = totalBytes === 0 ? 1 : doneBytes / (totalBytes ?? Number.POSITIVE_INFINITY)
  const filled = Math.min(width, Math.floor(part * width))
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`
}
