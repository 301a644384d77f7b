import { expect, it } from 'vitest'
import { JobController } from './job-controller.ts'

it('gives one signal, which is aborted with the first reason', () => {
  const controller = new JobController()
  const { signal } = controller
  expect(controller.isAborted).toBe(false)
  controller.throwIfAborted()
  controller.abort('not wanted')
  controller.abort('too late')
  expect(controller.signal).toBe(signal)
  expect(signal.reason).toBe('not wanted')
  expect(() => controller.throwIfAborted()).toThrow('not wanted')
})

it('is aborted for a caller that asks for the signal afterwards', () => {
  const controller = new JobController()
  controller.abort('not wanted')
  expect(controller.isAborted).toBe(true)
  expect(controller.signal.reason).toBe('not wanted')
})

it('calls a waiting job once, with the reason of the signal', () => {
  const reasons: unknown[] = []
  const controller = new JobController()
  controller.onAbort = (reason) => reasons.push(reason)
  controller.abort(undefined)
  controller.abort('too late')
  expect(reasons).toEqual([expect.objectContaining({ name: 'AbortError' })])
})

it('takes any number of listeners without a warning', async () => {
  const { signal } = new JobController()
  const warnings: string[] = []
  const onWarning = ({ name }: Error): void => void warnings.push(name)
  process.on('warning', onWarning)
  for (let count = 0; count < 50; count++) signal.addEventListener('abort', () => undefined)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).not.toContain('MaxListenersExceededWarning')
})
