import type { Frame } from './screen.ts'

const FONT_SIZE = 14
const COLUMN = 8.43
const LINE = 20
const MARGIN = 16
/** How long the last screen stays before the recording begins again. */
const PAUSE_MS = 6000

/** Frames as an animated picture, which pages show without a script. Only the lines of one frame are visible at a time. */
export function toSvg(frames: readonly Frame[], columns: number): string {
  const rows = Math.max(...frames.map(({ lines }) => lines.length))
  const width = Math.ceil(columns * COLUMN + 2 * MARGIN)
  const height = rows * LINE + 2 * MARGIN
  const totalMs = (frames.at(-1)?.atMs ?? 0) + PAUSE_MS
  const screens = frames.map((frame, index) => {
    const from = (frame.atMs / totalMs) * 100
    const to = ((frames[index + 1]?.atMs ?? totalMs) / totalMs) * 100
    return { frame, rule: toRule(index, from, to) }
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A recording of catalog import">`,
    '<style>',
    `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6edf3;white-space:pre}`,
    `g{visibility:hidden;animation-duration:${Math.round(totalMs)}ms;animation-timing-function:step-end;animation-iteration-count:infinite}`,
    ...screens.map(({ rule }) => rule),
    '</style>',
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...screens.map(({ frame }, index) => toGroup(frame, index)),
    '</svg>',
    '',
  ].join('\n')
}

function toRule(index: number, from: number, to: number): string {
  const [start, end] = [from.toFixed(3), to.toFixed(3)]
  const before = index === 0 ? '' : '0%{visibility:hidden}'
  return `#f${index}{animation-name:k${index}}@keyframes k${index}{${before}${start}%{visibility:visible}${end}%{visibility:hidden}}`
}

function toGroup({ lines }: Frame, index: number): string {
  const texts = lines.flatMap((line, row) =>
    line === '' ? [] : [`<text x="${MARGIN}" y="${MARGIN + (row + 0.75) * LINE}">${toXmlText(line)}</text>`],
  )
  return `<g id="f${index}">${texts.join('')}</g>`
}

function toXmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
