import { describe, expect, it } from 'vitest'
import { ZeroRuns } from './zero-runs.ts'

describe('runs of zeros', () => {
  it('are told by their place in the file', () => {
    const runs = new ZeroRuns(1e12)
    runs.add(Uint8Array.of(1))
    runs.add(new Uint8Array(5000))
    expect(runs.ending()).toEqual({ offset: 1e12 + 1, lengthBytes: 5000 })
  })

  it('of nothing are none', () => {
    expect(new ZeroRuns(0).longest()).toBeUndefined()
  })
})
