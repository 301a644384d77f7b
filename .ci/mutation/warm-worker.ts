// Vitest starts a thread for each of its runs, and Stryker has a run for each mutant. Here one thread stays for many
// runs: it has the modules loaded, and Stryker switches mutants by a global variable.
import type { Plugin } from 'vitest/config'
import { type PoolOptions, type PoolWorker, ThreadsPoolWorker } from 'vitest/node'

const NAME = 'warm-thread'
/** Each run leaves a listener in the thread. */
const RUNS_OF_A_THREAD = 100

type Listener = Parameters<PoolWorker['on']>[1]

/** Makes the tests of all runs of this process share a thread. */
export const warmWorker: Plugin = {
  name: NAME,
  configureVitest: ({ project }) => {
    project.config.pool = NAME
    project.config.poolRunner = { name: NAME, createPoolWorker }
  },
}

const thread: { runs: number; worker?: ThreadsPoolWorker } = { runs: 0 }

function createPoolWorker(options: PoolOptions): PoolWorker {
  const listeners: { readonly event: string; readonly listener: Listener }[] = []
  return {
    name: NAME,
    start: () => useThread(options),
    send: (message) => {
      if (message.type !== 'stop') return thread.worker?.send(message)
      const stopped = { type: 'stopped', __vitest_worker_response__: true }
      for (const { event, listener } of [...listeners]) if (event === 'message') listener(stopped)
    },
    on: (event, listener) => {
      listeners.push({ event, listener })
      thread.worker?.on(event, listener)
    },
    off: (event, listener) => {
      const index = listeners.findIndex((each) => each.event === event && each.listener === listener)
      if (index !== -1) listeners.splice(index, 1)
      thread.worker?.off(event, listener)
    },
    stop: async () => {
      for (const { event, listener } of listeners.splice(0)) thread.worker?.off(event, listener)
    },
    deserialize: (message) => message,
  }
}

async function useThread(options: PoolOptions): Promise<void> {
  thread.runs += 1
  if (thread.worker !== undefined && thread.runs <= RUNS_OF_A_THREAD) return
  await thread.worker?.stop()
  thread.runs = 1
  thread.worker = new ThreadsPoolWorker(options)
  await thread.worker.start()
}
