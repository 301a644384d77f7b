import { expect, it } from 'vitest'
import { displayWidth } from './display-width.ts'
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

it('leaves out columns in their order before a cell is broken', () => {
  const leaving = [
    { title: 'ID' },
    { title: 'STATE', leaves: 3 },
    { title: 'SIZE', leaves: 2 },
    { title: 'SOURCE', leaves: 1, isCut: true },
  ]
  const row = ['org/some-model', 'Pending', '4.58 GiB', 'https://example.com/model.gguf']
  const titlesAt = (width: number): string => formatTable(leaving, [row], width)[0] ?? ''
  expect(titlesAt(47).split(/ +/u)).toEqual(['ID', 'STATE', 'SIZE', 'SOURCE'])
  expect(titlesAt(46).split(/ +/u)).toEqual(['ID', 'STATE', 'SIZE'])
  expect(titlesAt(32).split(/ +/u)).toEqual(['ID', 'STATE'])
  expect(formatTable(leaving, [row], 8)).toEqual(['ID', 'org/some-model'])
})

it('is as wide on the terminal as it says, whatever is written in it', () => {
  const wide = [
    ['模型', '1 B', '通义千问/模型/很长的名字.gguf'],
    ['llama', '4.58 GiB', 'https://example.com/llama.gguf'],
  ]
  const lines = formatTable(columns, wide, 40)
  expect(lines).toEqual([
    'ID         SIZE  SOURCE',
    '模型        1 B  通义千问/模…的名字.gguf',
    'llama  4.58 GiB  https://exa…/llama.gguf',
  ])
  expect(Math.max(...lines.map(displayWidth))).toBe(40)
})

it('pads before it paints, and does not paint the title', () => {
  const painted = formatTable(
    [{ title: 'STATE', paint: (cell) => `<${cell}>` }, { title: 'X' }],
    [['on', 'y']],
  )
  expect(painted).toEqual(['STATE  X', '<on   >  y'])
})
