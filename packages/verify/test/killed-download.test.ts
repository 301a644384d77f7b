import { expect, it } from 'vitest'
import { openKilledDownload } from './killed-download.ts'

const CHECKPOINT_BYTES = 256 * 1024
const SIZE_BYTES = 2 * CHECKPOINT_BYTES + 4321

/**
 * The step before which a program is killed: the first of this name after one of another name. All others are in
 * killed-download.deep.test.ts.
 */
const KILLS: readonly (readonly [name: string, after: string])[] = [
  ['rename', 'fdatasync'],
  ['fsync', 'rename'],
]

it('a download killed where its checkpoint changes ends with the right digest, going on where it was', async () => {
  const download = await openKilledDownload(SIZE_BYTES)
  const starts: number[] = []
  for (const [name, after] of KILLS) {
    let isAfter = false
    const { isKilled, fromByte } = await download.run((step) => {
      const isLast = isAfter && step.startsWith(name)
      isAfter ||= step.startsWith(after)
      return isLast
    })
    expect(isKilled, `before ${name} after ${after}`).toBe(true)
    starts.push(fromByte)
  }
  const { isKilled, fromByte } = await download.run()
  expect(isKilled).toBe(false)
  // The first rename was not done, the second one was.
  expect(starts).toEqual([0, 0])
  expect(fromByte).toBeGreaterThanOrEqual(CHECKPOINT_BYTES)
})
