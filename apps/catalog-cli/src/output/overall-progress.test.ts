import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { Output } from './output.ts'
import { createOverallProgress } from './overall-progress.ts'

const MIB = 1024 ** 2
const BLOCK = { doneFiles: 1, totalFiles: 3, doneBytes: 150 * MIB, totalBytes: 300 * MIB }
const READING = ['a', 'b'].map((id) => ({ id, doneBytes: 25 * MIB, totalBytes: 100 * MIB }))

const ESCAPE = '\u001b'
const PARTS = new RegExp(`${ESCAPE}\\[2K|${ESCAPE}\\[1A|\r|\n|[^${ESCAPE}\r\n]+`, 'gu')

/** A terminal that does what the escape sequences say, and wraps again what it shows when it is resized. */
class Screen extends EventEmitter {
  readonly isTTY = true
  columns = 80
  rows = 24
  #lines: string[] = ['before']
  #row = 1

  write(text: string): void {
    for (const [part] of text.matchAll(PARTS)) {
      if (part === '\n') this.#row += 1
      else if (part === '\u001b[1A') this.#row -= 1
      else if (part === '\u001b[2K') this.#lines[this.#row] = ''
      else if (part !== '\r') this.#lines[this.#row] = `${this.#lines[this.#row] ?? ''}${part}`
    }
  }

  resize(columns: number): void {
    this.columns = columns
    this.#lines = this.#lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''])
    this.#row = this.#lines.length - 1
    this.emit('resize')
  }

  get shown(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd()).filter((line) => line !== '')
  }
}

function create(sink: Screen | { readonly written: string[]; write(text: string): void }, json = false) {
  const clock = { nowMs: 0 }
  const output = new Output({ stdout: { write() {} }, stderr: sink, environment: {}, json })
  const options = { label: 'import', noun: 'model', now: () => clock.nowMs }
  return { clock, progress: createOverallProgress(output, options) }
}

it('shows a line for all and a bar for each file, and leaves nothing behind', () => {
  const screen = new Screen()
  const { clock, progress } = create(screen)
  progress.update({ ...BLOCK, reading: READING })
  expect(screen.shown).toMatchObject({
    length: 4,
    0: 'before',
    1: expect.stringMatching(/^1 of 3 models .* 50 % {4}150 MiB of 300 MiB$/u),
    2: '  a  [####------------]   25 %  of  100 MiB',
    3: '  b  [####------------]   25 %  of  100 MiB',
  })
  clock.nowMs = 1000
  progress.update({ ...BLOCK, doneBytes: 200 * MIB, reading: READING.slice(1) })
  expect(screen.shown).toMatchObject({ length: 3, 1: expect.stringContaining('50.0 MiB/s') })
  progress.finish()
  expect(screen.shown).toEqual(['before'])
  expect(screen.listenerCount('resize')).toBe(0)
})

it.each([20, 40, 79, 200])('is drawn anew when the terminal becomes %d columns wide', (columns) => {
  const screen = new Screen()
  const { progress } = create(screen)
  progress.update({ ...BLOCK, reading: READING })
  screen.resize(columns)
  expect(screen.shown).toHaveLength(4)
  expect(screen.shown.filter((line) => line.length >= columns)).toEqual([])
  progress.clear()
  expect(screen.shown).toEqual(['before'])
})

it('keeps below what is printed aside', () => {
  const screen = new Screen()
  const { progress } = create(screen)
  progress.update({ ...BLOCK, reading: READING })
  progress.aside(() => screen.write('wrong\n'))
  expect(screen.shown).toMatchObject({
    length: 5,
    0: 'before',
    1: 'wrong',
    4: expect.stringMatching(/^ {2}b/u),
  })
})

it('is no higher than the terminal', () => {
  const screen = new Screen()
  screen.rows = 3
  const { progress } = create(screen)
  progress.update({ ...BLOCK, reading: READING })
  expect(screen.shown).toMatchObject({ length: 3, 2: '  and 2 more' })
})

it('is a few lines for all of them in a log, and nothing beside --json', () => {
  for (const [json, lines] of [
    [false, ['import: reading 300 MiB\n', 'import: read 150 MiB in 1.0 s\n']],
    [true, []],
  ] as const) {
    const written: string[] = []
    const { clock, progress } = create({ written, write: (text) => void written.push(text) }, json)
    progress.update({ ...BLOCK, reading: READING })
    clock.nowMs = 1000
    progress.finish()
    expect(written).toEqual(lines)
  }
})

it('never hides the cursor', () => {
  const screen = new Screen()
  const { progress } = create(screen)
  const written: string[] = []
  const write = screen.write.bind(screen)
  screen.write = (text) => {
    written.push(text)
    write(text)
  }
  progress.update({ ...BLOCK, reading: READING })
  progress.clear()
  expect(written.join('')).not.toContain('\u001b[?')
})
