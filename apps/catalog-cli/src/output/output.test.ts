import { expect, it } from 'vitest'
import { Output, type Sink } from './output.ts'

function createOutput(options: { stdout?: Partial<Sink>; environment?: NodeJS.ProcessEnv; json?: boolean }) {
  const stdout: string[] = []
  const stderr: string[] = []
  const output = new Output({
    stdout: { ...options.stdout, write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    environment: options.environment ?? {},
    json: options.json ?? false,
  })
  return { output, stdout, stderr }
}

it('colours states on a terminal only', () => {
  const paint = (options: Parameters<typeof createOutput>[0]): string =>
    createOutput(options).output.paintState('Failed', 'Failed')
  expect(paint({ stdout: { isTTY: true } })).toBe('\u001b[31mFailed\u001b[39m')
  expect(paint({ environment: { CI: '1', FORCE_COLOR: '1' } })).toBe('Failed')
  expect(paint({ stdout: { isTTY: true }, environment: { NO_COLOR: '1' } })).toBe('Failed')
  expect(paint({ stdout: { isTTY: true }, environment: { TERM: 'dumb' } })).toBe('Failed')
})

it('has the width of the terminal, and none in a pipe', () => {
  expect(createOutput({ stdout: { isTTY: true, columns: 132 } }).output.width).toBe(132)
  expect(createOutput({ stdout: { isTTY: true } }).output.width).toBe(80)
  expect(createOutput({ stdout: { columns: 132 } }).output.width).toBe(Number.POSITIVE_INFINITY)
})

it.each([
  [false, ['a\nb\n'], ['c\n']],
  [true, ['{\n  "d": 1\n}\n'], []],
])('with json %s prints the text or the document, never both', (json, stdout, stderr) => {
  const written = createOutput({ json })
  written.output.print('a', 'b')
  written.output.note('c')
  written.output.printJson({ d: 1 })
  written.output.print()
  expect(written).toMatchObject({ stdout, stderr })
})

const HOSTILE = 'm\u001b[2J\u202egpj\nfake'
const ESCAPED = 'm\\u{1b}[2J\\u{202e}gpj\\u{a}fake'

it.each([true, false])('escapes what it prints, on a terminal: %s', (isTTY) => {
  const written = createOutput({ stdout: { isTTY } })
  written.output.print(HOSTILE)
  written.output.note(HOSTILE)
  expect(written).toMatchObject({ stdout: [`${ESCAPED}\n`], stderr: [`${ESCAPED}\n`] })
})

it('prints a path as it is to a program, and escaped to a terminal', () => {
  for (const isTTY of [true, false]) {
    const { output, stdout } = createOutput({ stdout: { isTTY } })
    output.printExact(HOSTILE)
    expect(stdout).toEqual([`${isTTY ? ESCAPED : HOSTILE}\n`])
  }
})

it('prints JSON without bidirectional overrides', () => {
  const { output, stdout } = createOutput({ json: true })
  output.printJson({ name: HOSTILE })
  output.printJsonLine({ name: HOSTILE })
  expect(stdout.join('')).not.toContain('\u202e')
  expect(stdout.map((text) => JSON.parse(text))).toEqual([{ name: HOSTILE }, { name: HOSTILE }])
})

it.each([true, false])('warns beside its result, with json %s', (json) => {
  const { output, stdout, stderr } = createOutput({ json })
  output.warn(HOSTILE)
  expect({ stdout, stderr }).toEqual({ stdout: [], stderr: [`catalog: warning: ${ESCAPED}\n`] })
})
