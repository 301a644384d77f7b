import type { Scheduler } from './scheduler.ts'

/** Makes turns of the event loop steps of the scheduler: between the pieces of a view anything may happen. */
export function takeOverTurns(scheduler: Scheduler): Disposable & { readonly realTurn: typeof setImmediate } {
  const realTurn = globalThis.setImmediate
  globalThis.setImmediate = ((run: () => void) => scheduler.addTurn(run)) as typeof setImmediate
  return {
    realTurn,
    [Symbol.dispose]() {
      globalThis.setImmediate = realTurn
    },
  }
}
