import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { waitByTimer } from './wait.ts'

const LONG_MS = 2 ** 31 - 1

describe('waitByTimer', () => {
  it('resolves after its time, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController()
    expect(await waitByTimer(1, signal)).toBeUndefined()
    expect(await waitByTimer(1, undefined)).toBeUndefined()
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason of the signal as soon as it is aborted, and leaves nothing on it', async () => {
    const controller = new AbortController()
    const waiting = waitByTimer(LONG_MS, controller.signal)
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  it('rejects at once if the signal was aborted before', async () => {
    await expect(waitByTimer(LONG_MS, AbortSignal.abort('enough'))).rejects.toBe('enough')
  })
})
