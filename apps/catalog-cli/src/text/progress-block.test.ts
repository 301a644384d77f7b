import { describe, expect, it } from 'vitest'
import { displayWidth } from './display-width.ts'
import { formatProgressBlock } from './progress-block.ts'

const GIB = 1024 ** 3
const overall = {
  ...{ label: '3 of 20 models', shortLabel: '3/20' },
  ...{ doneBytes: 17 * GIB, totalBytes: 40 * GIB, bytesPerSecond: 1.4 * GIB },
}
const files = [
  {
    label: 'huggingface/acme/Wren-7B-Instruct-GGUF',
    ...{ doneBytes: 2 * GIB, totalBytes: 4 * GIB, bytesPerSecond: 0.7 * GIB },
  },
  { label: 'ollama/鹪鹩/8b', doneBytes: 0, totalBytes: 4.5 * GIB, bytesPerSecond: 0 },
]

it.each([
  [
    100,
    [
      '3 of 20 models  [#########-------------]   42 %  17.0 GiB of 40.0 GiB  1.40 GiB/s         17 s left',
      '  huggingface/acme/Wren-7B-Instruct-GGUF  [########--------]   50 %  of 4.00 GiB   717 MiB/s',
      '  ollama/鹪鹩/8b                          [----------------]    0 %  of 4.50 GiB',
    ],
  ],
  [
    80,
    [
      '3 of 20 models   42 %  17.0 GiB of 40.0 GiB  1.40 GiB/s         17 s left',
      '  huggingface/…nstruct-GGUF  [########--------]   50 %  of 4.00 GiB   717 MiB/s',
      '  ollama/鹪鹩/8b             [----------------]    0 %  of 4.50 GiB',
    ],
  ],
  [
    40,
    [
      '3 of 20 models   42 %         17 s left',
      '  huggingfa…uct-GGUF  [####----]   50 %',
      '  ollama/鹪鹩/8b      [--------]    0 %',
    ],
  ],
])('in a terminal of %d columns has a line for all and a bar for each file', (columns, lines) => {
  const shown = formatProgressBlock({ overall, files }, { width: columns - 1, height: 10 })
  expect(shown.map((line) => line.trimEnd())).toEqual(lines)
})

it('says how many files there is no room for', () => {
  const many = Array.from({ length: 9 }, () => ({ ...files[0], label: 'wren' }) as (typeof files)[0])
  expect(formatProgressBlock({ overall, files: many }, { width: 79, height: 4 })).toMatchObject({
    length: 4,
    3: '  and 7 more',
  })
  expect(formatProgressBlock({ overall, files: many }, { width: 79, height: 1 })).toHaveLength(1)
})

it('has an empty bar for a file of unknown size', () => {
  const stream = { label: '-', doneBytes: GIB, totalBytes: undefined, bytesPerSecond: 0 }
  expect(formatProgressBlock({ overall, files: [stream] }, { width: 79, height: 4 })[1]).toBe(
    '  -  [----------------]  1.00 GiB',
  )
})

describe.each([1, 2, 10, 20, 39, 40, 71, 72, 80, 120, 200])('in %d columns', (width) => {
  it('no line is too wide', () => {
    const lines = formatProgressBlock({ overall, files }, { width, height: 10 })
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
  })
})
