import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** Runs a program to its end, sooner than a process starts, and gives what it printed. Rejects with what it throws. */
export async function runInThread(program: string, args: readonly string[]): Promise<string> {
  const worker = new Worker(pathToFileURL(program), {
    argv: [...args],
    execArgv: [],
    stdout: true,
    stderr: true,
  })
  const [output] = await Promise.all([text(worker.stdout), once(worker, 'exit')])
  return output
}
