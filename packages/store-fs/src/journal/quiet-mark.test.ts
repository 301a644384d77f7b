import { describe, expect, it } from 'vitest'
import { ManualTimers } from '../../test/manual-timers.ts'
import { QuietMark } from './quiet-mark.ts'

const QUIET_MS = 500

function createMark() {
  const timers = new ManualTimers()
  const made: { resolve(): void; reject(error: Error): void }[] = []
  const mark = new QuietMark(
    { mark: () => new Promise((resolve, reject) => made.push({ resolve, reject })) },
    timers,
  )
  const look = () => timers.fire(QUIET_MS)
  return { mark, timers, made, look }
}

describe('the mark of a quiet writer', () => {
  it('is made at the second look after the last commit, once, with one timer for all commits', () => {
    const { mark, timers, made, look } = createMark()
    expect(timers.count(QUIET_MS)).toBe(0)
    mark.touch()
    mark.touch()
    expect(timers.count(QUIET_MS)).toBe(1)
    look()
    mark.touch()
    look()
    expect(made).toHaveLength(0)
    look()
    expect([made.length, timers.count(QUIET_MS)]).toEqual([1, 0])
    mark.touch()
    look()
    look()
    expect(made).toHaveLength(2)
  })

  it('is made at the end if the last commit has none yet, and not otherwise', async () => {
    const { mark, timers, made } = createMark()
    await mark.end()
    mark.touch()
    expect([made.length, timers.count(QUIET_MS)]).toEqual([0, 0])
    const other = createMark()
    other.mark.touch()
    const end = other.mark.end()
    await Promise.resolve()
    other.made[0]?.resolve()
    await end
    expect(other.made).toHaveLength(1)
  })

  it('that is being made is awaited by the end, which makes no other', async () => {
    const { mark, made, look } = createMark()
    mark.touch()
    look()
    look()
    let hasEnded = false
    const end = mark.end().then(() => {
      hasEnded = true
    })
    await new Promise(setImmediate)
    expect([made.length, hasEnded]).toEqual([1, false])
    made[0]?.resolve()
    await end
    expect(made).toHaveLength(1)
  })

  it('may fail unnoticed, except at the end', async () => {
    const { mark, made, look } = createMark()
    mark.touch()
    look()
    look()
    const failure = new Error('the disk is full')
    made[0]?.reject(failure)
    mark.touch()
    const end = mark.end()
    await new Promise(setImmediate)
    made[1]?.reject(failure)
    await expect(end).rejects.toBe(failure)
  })

  it('is not made after the end: no timer is left, and none begins', async () => {
    const { mark, timers, made } = createMark()
    mark.touch()
    const end = mark.end()
    expect(timers.count(QUIET_MS)).toBe(0)
    await new Promise(setImmediate)
    made[0]?.resolve()
    await end
    mark.touch()
    expect([made.length, timers.count(QUIET_MS)]).toEqual([1, 0])
  })
})
