import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { SignalFanOut } from './signal-fan-out.ts'

it('aborts all controllers of a signal through one listener, and leaves none behind', () => {
  const { signal, abort } = createSource()
  const other = createSource()
  const fanOut = new SignalFanOut()
  const controllers = Array.from({ length: 20 }, () => new AbortController())
  for (const controller of controllers) fanOut.add(signal, controller)
  const elsewhere = new AbortController()
  fanOut.add(other.signal, elsewhere)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  abort('not wanted')
  expect(controllers.map((controller) => controller.signal.reason)).toEqual(
    controllers.map(() => 'not wanted'),
  )
  expect(elsewhere.signal.aborted).toBe(false)
  for (const controller of controllers) fanOut.remove(signal, controller)
  fanOut.remove(other.signal, elsewhere)
  expect([signal, other.signal].flatMap((it) => getEventListeners(it, 'abort'))).toEqual([])
})

it('leaves alone what was removed', () => {
  const { signal, abort } = createSource()
  const fanOut = new SignalFanOut()
  const [gone, stays] = [new AbortController(), new AbortController()]
  fanOut.add(signal, gone)
  fanOut.add(signal, stays)
  fanOut.remove(signal, gone)
  abort('not wanted')
  expect([gone.signal.aborted, stays.signal.aborted]).toEqual([false, true])
})

function createSource(): { signal: AbortSignal; abort: (reason: unknown) => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) }
}
