import { expect, it } from 'vitest'
import { Output } from './output.ts'
import { createProgress } from './progress.ts'

const MIB = 1024 ** 2

function createBench(
  options: { isTTY?: boolean; columns?: number; json?: boolean; environment?: NodeJS.ProcessEnv } = {},
) {
  const { json = false, environment = {}, ...terminal } = options
  const written: string[] = []
  const stderr = { ...terminal, write: (text: string) => written.push(text) }
  const stdout = { write: () => expect.unreachable('progress is not a result') }
  const clock = { nowMs: 0 }
  const output = new Output({ stdout, stderr, environment, json })
  const progress = createProgress(output, 'llama', () => clock.nowMs)
  const updateAt = (nowMs: number, doneBytes: number): void => {
    clock.nowMs = nowMs
    progress.update({ doneBytes, totalBytes: 100 * MIB })
  }
  return { written, clock, progress, updateAt }
}

it('draws at most ten times a second on a terminal and leaves nothing behind', () => {
  const { written, progress, updateAt } = createBench({ isTTY: true, columns: 40 })
  for (let nowMs = 0; nowMs <= 1000; nowMs += 10) updateAt(nowMs, nowMs * 1000)
  progress.finish()
  progress.clear()
  expect(written).toHaveLength(12)
  expect(written.every((text) => text.startsWith('\r\u001b[2K') && text.length <= 44)).toBe(true)
  expect(written.at(-1)).toBe('\r\u001b[2K')
})

it('draws on a terminal beside --json too', () => {
  const { written, updateAt } = createBench({ isTTY: true, json: true })
  updateAt(0, 0)
  expect(written).toHaveLength(1)
})

it('writes no escape sequence to a dumb terminal', () => {
  const { written, clock, progress, updateAt } = createBench({ isTTY: true, environment: { TERM: 'dumb' } })
  updateAt(0, 0)
  updateAt(2000, 50 * MIB)
  clock.nowMs = 4000
  progress.finish()
  progress.clear()
  expect(written).toEqual([
    'llama: reading 100 MiB\n',
    'llama: 50 % of 100 MiB, 25.0 MiB/s, 2 s left\n',
    'llama: read 50.0 MiB in 4.0 s\n',
  ])
})

it('says how much it has read where no total is known', () => {
  const drawn = createBench({ isTTY: true, columns: 40 })
  drawn.progress.update({ doneBytes: 0, totalBytes: undefined })
  drawn.clock.nowMs = 1000
  drawn.progress.update({ doneBytes: MIB, totalBytes: undefined })
  expect(drawn.written).toEqual(['\r\u001b[2Kllama: 0 B', '\r\u001b[2Kllama: 1.00 MiB, 1.00 MiB/s'])
})

it('writes a line for every tenth to a log', () => {
  const { written, clock, progress, updateAt } = createBench()
  for (let percent = 0; percent <= 100; percent += 1) updateAt(percent * 200, percent * MIB)
  clock.nowMs = 20_500
  progress.finish()
  progress.clear()
  expect(written).toEqual([
    'llama: reading 100 MiB\n',
    ...[10, 20, 30, 40, 50, 60, 70, 80].map(
      (percent) => `llama: ${percent} % of 100 MiB, 5.00 MiB/s, ${(100 - percent) / 5} s left\n`,
    ),
    'llama: 90 % of 100 MiB, 5.00 MiB/s, 2 s left\n',
    'llama: read 100 MiB in 21 s\n',
  ])
})

it('writes a line every ten seconds of a slow reading, and at most one a second of a fast one', () => {
  const slow = createBench()
  for (let second = 0; second <= 25; second += 1) slow.updateAt(second * 1000, second)
  expect(slow.written).toHaveLength(3)
  const fast = createBench()
  for (let percent = 0; percent <= 100; percent += 1) fast.updateAt(percent, percent * MIB)
  expect(fast.written).toHaveLength(1)
})

it('is silent in a log beside --json', () => {
  const { written, progress, updateAt } = createBench({ json: true })
  updateAt(0, 0)
  progress.finish()
  progress.clear()
  expect(written).toEqual([])
})

it('says how much was read where not all was', () => {
  const { written, progress, updateAt } = createBench()
  updateAt(0, 0)
  updateAt(10, 40 * MIB)
  progress.finish()
  expect(written.at(-1)).toBe('llama: read 40.0 MiB in 10 ms\n')
})
