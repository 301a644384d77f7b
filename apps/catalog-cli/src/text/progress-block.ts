import { formatBytes } from './bytes.ts'
import { displayWidth, padToWidth, shortenMiddle } from './display-width.ts'
import { formatBar, formatProgressLine, type ReadingProgress, toPercent } from './progress-line.ts'

/** How far several readings have come, of which some are under way. */
export interface BlockProgress {
  /** Of all; its label says how many files are done. */
  readonly overall: ReadingProgress
  readonly files: readonly ReadingProgress[]
}

const INDENT = '  '
const GAP = '  '
/** From here on a file has a longer bar, its size and its rate. */
const WIDE = 72
const MOST_LABEL = 48
/** Without the edges. */
const NARROW_BAR = 8
const WIDE_BAR = 16

/**
 * One line for all, and below it a line with a bar for each file that is read: as many as `height` has room for. No
 * line is wider than `width` columns.
 */
export function formatProgressBlock(
  { overall, files }: BlockProgress,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] {
  const room = Math.max(0, height - 1)
  const shown = files.length <= room ? files : files.slice(0, Math.max(0, room - 1))
  const more = files.length - shown.length
  return [
    formatProgressLine(overall, width),
    ...formatFileBars(shown, width),
    ...(more > 0 && room > 0 ? [shortenMiddle(`${INDENT}and ${more} more`, width)] : []),
  ]
}

/** Labels of one width, so that the bars are below each other. */
function formatFileBars(files: readonly ReadingProgress[], width: number): readonly string[] {
  const isWide = width >= WIDE
  const tails = files.map((file) => formatTail(file, isWide))
  const tailWidth = Math.max(0, ...tails.map(displayWidth))
  const barWidth = isWide ? WIDE_BAR : NARROW_BAR
  const room = width - INDENT.length - 2 * GAP.length - barWidth - 2 - tailWidth
  const longest = Math.max(0, ...files.map(({ label }) => displayWidth(label)))
  const labelWidth = Math.min(longest, MOST_LABEL, room)
  return files.map((file, index) => {
    const tail = tails[index] ?? ''
    if (labelWidth < 1) return formatProgressLine(file, width)
    const label = padToWidth(shortenMiddle(file.label, labelWidth), labelWidth)
    return `${INDENT}${label}${GAP}${formatBar(file, barWidth)}${GAP}${tail}`.trimEnd()
  })
}

function formatTail(file: ReadingProgress, isWide: boolean): string {
  const { doneBytes, totalBytes, bytesPerSecond } = file
  if (totalBytes === undefined) return formatBytes(doneBytes).padStart(8)
  const percent = `${toPercent(file)} %`.padStart(5)
  if (!isWide) return percent
  const rate = bytesPerSecond > 0 ? `${formatBytes(bytesPerSecond)}/s` : ''
  return `${percent}${GAP}of ${formatBytes(totalBytes).padStart(8)}${GAP}${rate.padStart(10)}`
}
