import type { ScanProblem } from '@catalog/import'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../text/display-width.ts'
import { formatProblems } from './import-problems.ts'

const OLLAMA = '/home/ada/.ollama/models'
const PLAIN = '/srv/models'

const PARTIAL: ScanProblem = {
  layout: 'ollama',
  kind: 'incomplete',
  path: `${OLLAMA}/blobs/sha256-${'a'.repeat(64)}-partial`,
  text: 'is an unfinished download',
  model: 'wren:1m',
}
const BROKEN: ScanProblem = {
  layout: 'plain',
  kind: 'dangling-link',
  path: `${PLAIN}/鹪鹩/wren.gguf`,
  text: 'is a symbolic link that leads to nothing',
  model: '鹪鹩/wren.gguf',
}

function format(problems: readonly ScanProblem[], width: number, directories = [OLLAMA]): readonly string[] {
  return [...formatProblems({ directories, problems }, width)]
}

it('in a wide terminal a path is that below the directory', () => {
  expect(format([PARTIAL], 200)).toEqual([
    `ollama: wren:1m: blobs/sha256-${'a'.repeat(64)}-partial is an unfinished download [incomplete]`,
    '1 problem; the rest can be imported',
  ])
})

it('in a terminal of 100 columns the path is cut, so that the line fits', () => {
  const [line = ''] = format([PARTIAL], 100)
  expect(line).toMatch(
    /^ollama: wren:1m: blobs\/sha256-a+…a+-partial is an unfinished download \[incomplete\]$/u,
  )
  expect(line).toHaveLength(100)
})

it('a model whose name is its path is named once', () => {
  expect(format([BROKEN], 200, [PLAIN])[0]).toBe(
    'plain: 鹪鹩/wren.gguf is a symbolic link that leads to nothing [dangling-link]',
  )
})

it('of several directories each is named', () => {
  expect(format([PARTIAL, BROKEN], 200, [OLLAMA, PLAIN]).filter((line) => line.endsWith(':'))).toEqual([
    `${OLLAMA}:`,
    `${PLAIN}:`,
  ])
})

it('where no terminal shows it each is one line with the whole path', () => {
  expect(format([PARTIAL, BROKEN], Number.POSITIVE_INFINITY, [OLLAMA, PLAIN])).toEqual([
    `ollama: wren:1m: ${PARTIAL.path} is an unfinished download [incomplete]`,
    `plain: 鹪鹩/wren.gguf: ${BROKEN.path} is a symbolic link that leads to nothing [dangling-link]`,
    '2 problems; the rest can be imported',
  ])
})

describe.each([40, 80, 200])('in a terminal of %d columns', (width) => {
  it('no line is too long, and no word is broken', () => {
    const lines = format([PARTIAL, BROKEN], width, [OLLAMA, PLAIN])
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
    const words = lines.join(' ')
    for (const word of ['unfinished download [incomplete]', 'leads to nothing [dangling-link]']) {
      expect(words.replaceAll(/ +/gu, ' ')).toContain(word)
    }
  })
})
