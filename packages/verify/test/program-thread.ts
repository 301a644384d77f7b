import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'

const RUNNER = `
const { parentPort } = require('node:worker_threads')
const lines = []
console.log = (...words) => void lines.push(words.join(' '))
parentPort.on('message', async ({ url, args }) => {
  process.argv = [process.execPath, url, ...args]
  const failure = await import(url).then(() => undefined, ({ message, code }) => ({ message, code }))
  parentPort.postMessage({ failure, output: lines.splice(0).join('\\n') })
})
`

/** Runs a program to its end, and gives what it printed. Rejects with message and code of what it throws. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>

/** A thread for programs until the end of the test. They start there sooner than a process does. */
export function startProgramThread(): RunProgram {
  const worker = new Worker(RUNNER, { eval: true, execArgv: [], stderr: true })
  onTestFinished(async () => {
    await worker.terminate()
  })
  let runs = 0
  return async (program, args) => {
    runs += 1
    // Each time anew.
    worker.postMessage({ url: `${pathToFileURL(program).href}?${runs}`, args })
    const [{ failure, output }] = await once(worker, 'message')
    if (failure !== undefined) throw Object.assign(new Error(failure.message), { code: failure.code })
    return output
  }
}
