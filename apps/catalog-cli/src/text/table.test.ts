import { expect, it } from 'vitest'
import { formatTable } from './table.ts'

const columns = [{ title: 'ID' }, { title: 'SIZE', align: 'right' as const }, { title: 'SOURCE' }]
const rows = [
  ['llama', '4.58 GiB', 'https://example.com/llama.gguf'],
  ['a', '-', ''],
]

it('aligns the columns and ends no line in a space', () => {
  expect(formatTable(columns, rows)).toEqual([
    'ID         SIZE  SOURCE',
    'llama  4.58 GiB  https://example.com/llama.gguf',
    'a             -',
  ])
})

it('cuts only the last column, to what the width leaves', () => {
  const lines = formatTable(columns, rows, 40)
  expect(lines[1]).toBe('llama  4.58 GiB  https://exa…/llama.gguf')
  expect(Math.max(...lines.map((line) => line.length))).toBe(40)
})

it('leaves the last column readable if there is no room for it', () => {
  expect(formatTable(columns, rows, 10)[1]).toBe('llama  4.58 GiB  https:….gguf')
})

it('pads before it paints, and does not paint the title', () => {
  const painted = formatTable(
    [{ title: 'STATE', paint: (cell) => `<${cell}>` }, { title: 'X' }],
    [['on', 'y']],
  )
  expect(painted).toEqual(['STATE  X', '<on   >  y'])
})
